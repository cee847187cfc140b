import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.files.strangers import bar_strangers, make_folder, open_own, open_to_strangers


@pytest.mark.parametrize(("given", "kept"), [(0o000, 0o002), (0o022, 0o022), (0o077, 0o077)], ids=oct)
def test_only_the_right_of_everybody_is_taken(given: int, kept: int) -> None:
    before = os.umask(given)
    bar_strangers()

    assert os.umask(before) == kept


@pytest.mark.parametrize(("mode", "told"), [(0o755, False), (0o775, False), (0o777, True)], ids=oct)
def test_a_folder_that_everybody_may_write_to_is_told(tmp_path: Path, mode: int, told: bool) -> None:
    tmp_path.chmod(mode)

    assert open_to_strangers(tmp_path) is told


def test_a_folder_that_is_not_there_is_open_to_nobody(tmp_path: Path) -> None:
    assert not open_to_strangers(tmp_path / "absent")


@pytest.fixture
def no_umask() -> Iterator[None]:
    """Let every right pass that a program gives, as a task may."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("no_umask")
@pytest.mark.parametrize("mode", ["w", "wb", "a"])
def test_a_file_is_not_open_to_strangers(tmp_path: Path, mode: str) -> None:
    open_own(tmp_path / "file", mode).close()

    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o664


@pytest.mark.usefixtures("no_umask")
def test_folders_are_not_open_to_strangers(tmp_path: Path) -> None:
    make_folder(tmp_path / "one/two")

    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")} == {0o775}


def test_a_folder_may_be_there_but_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    make_folder(tmp_path)

    with pytest.raises(FileExistsError):
        make_folder(tmp_path / "file")


def test_a_file_is_written_anew_or_at_its_end(tmp_path: Path) -> None:
    for mode, text in (("w", "long"), ("w", "a"), ("a", "ä")):
        with open_own(tmp_path / "file", mode) as file:
            file.write(text)

    assert (tmp_path / "file").read_text(encoding="utf-8") == "aä"
