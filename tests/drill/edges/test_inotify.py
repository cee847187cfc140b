import select
from pathlib import Path

import pytest

from orchestrator.drill.edges.inotify import Watch


def test_a_file_that_is_written_to_is_told(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    with (tmp_path / "model.tmp").open("w") as file:
        file.write("x" * 100_000)
        ready, _, _ = select.select([watch.descriptor], [], [], 10)
        names = watch.names()
    watch.close()

    assert ready
    assert set(names) == {"model.tmp"}


def test_nothing_is_told_of_a_quiet_folder(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    names = watch.names()
    watch.close()

    assert names == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="inotify_add_watch"):
        Watch(tmp_path / "none")
