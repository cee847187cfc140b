import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.drill.edges.checkpoint_files import newest_file
from orchestrator.files.plain_file import UnreadableError, files_below, plain_bytes
from tests.waiting import wait

_WRITER = """
import pathlib, shutil, sys
folder = pathlib.Path(sys.argv[1])
print("ready", flush=True)
while True:
    inner = folder / "inner"
    inner.mkdir()
    for number in range(3):
        (inner / "writing.tmp").write_text("a checkpoint")
        (inner / "writing.tmp").rename(inner / f"{number}.pt")
    shutil.rmtree(inner)
"""


@pytest.fixture
def restless(tmp_path: Path) -> Iterator[Path]:
    """A folder whose files come and go all the time, by another program."""
    command = [sys.executable, "-c", _WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        yield tmp_path
        writer.kill()


def seen(look: Callable[[Path], object], folder: Path) -> bool:
    """Look a thousand times; on a busy machine the other program may not get on meanwhile."""
    return any([look(folder) for _ in range(1000)])  # noqa: C419 - all of them


def test_files_that_go_meanwhile_are_left_out(restless: Path) -> None:
    wait(lambda: seen(files_below, restless))


def test_a_checkpoint_that_goes_meanwhile_is_no_error(restless: Path) -> None:
    wait(lambda: seen(newest_file, restless))


def test_files_in_folders_are_found_with_their_sizes(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner/a.pt").write_text("abc")

    assert [(path.name, status.st_size) for path, status in files_below(tmp_path)] == [("a.pt", 3)]


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(__file__)

    assert [path.name for path, _ in files_below(tmp_path)] == ["link"]


def test_a_link_that_leads_nowhere_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    assert files_below(tmp_path) == []


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert files_below(tmp_path / "none") == []


class Stale:
    """Does what a system call does, but says as often as told that the file is stale."""

    def __init__(self, call: Callable[..., Any], times: int) -> None:
        self.call, self.left = call, times

    def __call__(self, *given: Any) -> Any:
        done = self.call(*given)
        self.left -= 1
        if self.left >= 0:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return done


@pytest.mark.parametrize("call", ["open", "fstat", "close"])
def test_a_file_that_another_one_replaces_is_read_again(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("whole")
    monkeypatch.setattr(os, call, Stale(getattr(os, call), times=2))

    assert plain_bytes(tmp_path / "file") == b"whole"


def test_a_stale_handle_that_a_client_keeps_for_a_second_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("whole")
    paused: list[float] = []
    monkeypatch.setattr(time, "sleep", paused.append)
    opened = os.open

    def stale_for_a_second(*given: Any) -> int:
        if sum(paused) <= 1:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return opened(*given)

    monkeypatch.setattr(os, "open", stale_for_a_second)

    assert plain_bytes(tmp_path / "file") == b"whole"


def test_a_file_that_stays_stale_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("whole")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(os, "open", Stale(os.open, times=1000))
    with pytest.raises(UnreadableError, match="Stale file handle"):
        plain_bytes(tmp_path / "file")
    monkeypatch.undo()  # pytest opens files too
