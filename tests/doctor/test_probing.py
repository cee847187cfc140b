from pathlib import Path

import pytest

from orchestrator.doctor.probing import probe_folder


def test_what_was_made_for_a_probe_is_removed(tmp_path: Path) -> None:
    with probe_folder(tmp_path / "runs", print, keep=False) as folder:
        folder.mkdir(parents=True)

    assert not (tmp_path / "runs").exists()


def test_a_run_folder_that_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    with probe_folder(tmp_path / "runs", print, keep=False) as folder:
        folder.mkdir(parents=True)

    assert list((tmp_path / "runs").iterdir()) == []


def test_what_others_laid_there_meanwhile_stays(tmp_path: Path) -> None:
    with probe_folder(tmp_path / "runs", print, keep=False) as folder:
        folder.mkdir(parents=True)
        (tmp_path / "runs/trials").mkdir()

    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["trials"]


def test_a_folder_may_be_kept_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with probe_folder(tmp_path / "runs", print, keep=True) as folder:
        folder.mkdir(parents=True)

    assert folder.is_dir()
    assert capsys.readouterr().out == f"kept: {folder}\n"
