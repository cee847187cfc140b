import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.engine.edges.work_folder import SpareFolder, work_folder


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Give a snapshot of a project."""
    code = tmp_path / "code"
    for file in ("configs/base.yaml", "outputs/.gitkeep", "labels.csv", "toy.py"):
        (code / file).parent.mkdir(parents=True, exist_ok=True)
        (code / file).write_text("x")
    return code


def test_files_of_the_project_are_read_by_their_names(code: Path, tmp_path: Path) -> None:
    with work_folder(tmp_path / "work", code):
        assert Path("configs/base.yaml").read_text() == Path("labels.csv").read_text() == "x"


def test_what_is_written_lies_in_the_folder(code: Path, tmp_path: Path) -> None:
    with work_folder(tmp_path / "work", code):
        Path("model.txt").touch()

    assert (tmp_path / "work/model.txt").exists()


def test_a_folder_kept_for_files_to_come_is_its_own(code: Path, tmp_path: Path) -> None:
    with work_folder(tmp_path / "work", code):
        Path("outputs/model.txt").touch()

    assert not (code / "outputs/model.txt").exists()


def test_modules_are_not_linked(code: Path, tmp_path: Path) -> None:
    with work_folder(tmp_path / "work", code):
        assert not Path("toy.py").exists()


@pytest.mark.parametrize(("entry", "meant"), [("", "."), (".", "."), ("configs", "configs")])
def test_modules_are_imported_from_the_snapshot(
    code: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str, meant: str
) -> None:
    monkeypatch.setattr(sys, "path", [entry, *sys.path])
    with work_folder(tmp_path / "work", code):
        assert Path(sys.path[0]) == code / meant

    assert sys.path[0] == entry


def test_who_comes_out_is_where_it_was(code: Path, tmp_path: Path) -> None:
    before = Path.cwd()
    with work_folder(tmp_path / "work", code):
        pass

    assert Path.cwd() == before


@pytest.fixture
def spare(code: Path, tmp_path: Path) -> SpareFolder:
    """Give the folder that a worker lends to its attempts."""
    return SpareFolder(tmp_path / "jobs/spare", code)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def lent_twice(spare: SpareFolder, folder: Path, between: Callable[[Path], object]) -> bool:
    """Lend a folder, do something in it, take it back and lend it again; say whether it is the same."""
    spare.lend(folder)
    before = (folder / "labels.csv").lstat().st_ctime_ns
    between(folder)
    spare.take_back(folder)
    spare.lend(folder)
    return (folder / "labels.csv").lstat().st_ctime_ns == before


def test_a_folder_that_is_as_it_was_is_lent_again(spare: SpareFolder, tmp_path: Path) -> None:
    assert lent_twice(spare, tmp_path / "work", lambda folder: (folder / "labels.csv").read_text())
    assert (tmp_path / "work/configs/base.yaml").read_text() == "x"


def relink(folder: Path) -> None:
    (folder / "labels.csv").unlink()
    (folder / "labels.csv").symlink_to("/etc/hostname")


LEFT = {
    "a file": lambda folder: (folder / "model.txt").touch(),
    "a file in a folder for files to come": lambda folder: (folder / "outputs/model.txt").touch(),
    "a folder": lambda folder: (folder / "made").mkdir(),
    "a link that is gone": lambda folder: (folder / "labels.csv").unlink(),
    "a link that leads elsewhere": relink,
    "nothing": shutil.rmtree,
}


@pytest.mark.parametrize("left", LEFT.values(), ids=LEFT)
def test_what_one_attempt_leaves_no_other_one_finds(
    spare: SpareFolder, tmp_path: Path, left: Callable[[Path], object]
) -> None:
    assert not lent_twice(spare, tmp_path / "work", left)
    assert names(tmp_path / "work") == {"configs", "labels.csv", "outputs"}
    assert (tmp_path / "work/labels.csv").read_text() == "x"
    assert names(tmp_path / "work/outputs") == set()


def test_an_attempt_that_keeps_it_leaves_the_next_another(spare: SpareFolder, tmp_path: Path) -> None:
    spare.lend(tmp_path / "first")
    spare.lend(tmp_path / "second")

    assert names(tmp_path / "first") == names(tmp_path / "second") == {"configs", "labels.csv", "outputs"}


def test_what_links_lead_to_is_not_removed(code: Path, spare: SpareFolder, tmp_path: Path) -> None:
    spare.lend(tmp_path / "work")
    spare.take_back(tmp_path / "work")
    spare.remove()

    assert names(tmp_path / "jobs") == set()
    assert (code / "configs/base.yaml").exists()


def test_trials_may_lie_on_another_disk_than_the_spare_folder(code: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as elsewhere:
        spare = SpareFolder(Path(elsewhere, "spare"), code)
        if Path(elsewhere).stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("NOT TESTED: there is one disk")
        for _ in range(2):
            spare.lend(tmp_path / "work")
            assert names(tmp_path / "work") == {"configs", "labels.csv", "outputs"}
            spare.take_back(tmp_path / "work")

    assert not (tmp_path / "work").exists()
