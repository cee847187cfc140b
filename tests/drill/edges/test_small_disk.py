import errno
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from orchestrator.drill.edges.small_disk import NoSmallDiskError, fill_disk, with_small_disk
from orchestrator.messages.errors import OrchestratorError, UserError

SIZE = 2 << 20


def on_small_disk(folder: Path, work: Callable[[], Any]) -> Any:
    try:
        return with_small_disk(folder, SIZE, work)
    except NoSmallDiskError as error:
        pytest.skip(f"NOT TESTED: {error}")


def written_when_full(folder: Path) -> int:
    """Return the number of the error that writing gives on a full disk."""
    fill_disk(folder / "ballast")
    try:
        (folder / "x").write_text("y" * 5000)
    except OSError as error:
        return error.errno or 0
    return 0


def test_a_filled_disk_takes_no_more(tmp_path: Path) -> None:
    assert on_small_disk(tmp_path / "disk", lambda: written_when_full(tmp_path / "disk")) == errno.ENOSPC


def test_there_is_room_again_without_the_ballast(tmp_path: Path) -> None:
    def work() -> int:
        ballast = tmp_path / "disk/ballast"
        fill_disk(ballast)
        ballast.unlink()
        return (tmp_path / "disk/x").write_text("y" * 5000)

    assert on_small_disk(tmp_path / "disk", work) == 5000


def test_nobody_else_sees_the_disk(tmp_path: Path) -> None:
    on_small_disk(tmp_path / "disk", lambda: (tmp_path / "disk/x").write_text("y"))

    assert list((tmp_path / "disk").iterdir()) == []


def test_an_error_comes_back(tmp_path: Path) -> None:
    def work() -> None:
        raise UserError("given wrongly", hint="give it rightly")

    with pytest.raises(OrchestratorError, match="given wrongly") as raised:
        on_small_disk(tmp_path / "disk", work)
    assert (raised.value.hint, raised.value.exit_code) == ("give it rightly", UserError.exit_code)


def test_a_killed_program_is_told_as_one(tmp_path: Path) -> None:
    with pytest.raises(OrchestratorError, match="killed by signal 9"):
        on_small_disk(tmp_path / "disk", lambda: os.kill(os.getpid(), signal.SIGKILL))
