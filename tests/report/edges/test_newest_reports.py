from pathlib import Path

import pytest

from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.report.edges.newest_reports import newest_reports
from orchestrator.study.study import Study

STUDY = "study: toy\nstages: {{train: {{task: toy.train}}}}\nreport: {report}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the present folder, with a study file and two report files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "study.yaml").write_text(STUDY.format(report="new.yaml"))
    for name in ("new.yaml", "old.yaml"):
        (tmp_path / name).write_text("tables: []\n")
    return tmp_path


def read(folder: Path, at_submit: str = "old.yaml", file: Path | None = None) -> tuple[list[str], list[str]]:
    """Return the names of the report files, and what was told."""
    submission = Submission(
        study=Study(name="toy", stages=()),
        code="c",
        data="data",
        profile=LOCAL,
        reports=(str(folder / at_submit),),
        given=str(folder / "study.yaml"),
    )
    told: list[str] = []
    return [path.name for path in newest_reports(submission, told.append, file)], told


def test_the_files_are_those_that_the_study_names_now(folder: Path) -> None:
    told = "note: report files as study.yaml names them now: `new.yaml`; at the last submit: `old.yaml`"

    assert read(folder) == (["new.yaml"], [told])


def test_where_nothing_has_changed_nothing_is_said(folder: Path) -> None:
    assert read(folder, "new.yaml") == (["new.yaml"], [])


def test_without_the_study_file_those_of_submit_are_read(folder: Path) -> None:
    (folder / "study.yaml").unlink()
    told = "note: study.yaml is gone; its report files are those of the last submit: `old.yaml`"

    assert read(folder) == (["old.yaml"], [told])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("study: [", "cannot be read (`plan` says why)"),
        (STUDY.format(report="new.yaml").replace("toy", "other", 1), "is now of the study `other`"),
    ],
)
def test_a_file_that_does_not_tell_is_not_asked(folder: Path, text: str, why: str) -> None:
    (folder / "study.yaml").write_text(text)
    told = f"note: study.yaml {why}; the report files are those of the last submit: `old.yaml`"

    assert read(folder) == (["old.yaml"], [told])


def test_another_file_of_the_study_may_be_given(folder: Path) -> None:
    (folder / "study.yaml").rename(folder / "moved.yaml")

    assert read(folder, file=Path("moved.yaml"))[0] == ["new.yaml"]


def test_a_file_that_was_written_for_the_study_alone_is_found_from_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")

    assert read(folder)[0] == ["new.yaml"]
