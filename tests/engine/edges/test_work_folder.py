import sys
from pathlib import Path

import pytest

from orchestrator.engine.edges.work_folder import remove_work_folder, work_folder
from orchestrator.evidence.edges.snapshot import LINKS


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


@pytest.mark.parametrize(("lead", "names"), [(True, 2), (False, 1)], ids=["here", "where it lay before"])
def test_links_that_the_snapshot_brings_are_used_if_they_lead_here(
    code: Path, tmp_path: Path, lead: bool, names: int
) -> None:
    (code / LINKS).mkdir()
    (code / LINKS / "labels.csv").symlink_to((code if lead else tmp_path) / "labels.csv")
    with work_folder(tmp_path / "work", code):
        assert Path("labels.csv").read_text() == "x"
        assert Path("labels.csv").lstat().st_nlink == names


def test_what_links_lead_to_is_not_removed(code: Path, tmp_path: Path) -> None:
    with work_folder(tmp_path / "work", code):
        pass
    remove_work_folder(tmp_path / "work")

    assert not (tmp_path / "work").exists()
    assert (code / "configs/base.yaml").exists()
