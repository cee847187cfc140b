from pathlib import Path

import pytest

from orchestrator.report.edges.table_file import read_report_files
from orchestrator.study.read import read_study
from tests.verbs.conftest import Type

ROOT = Path(__file__).resolve().parents[2]


def test_a_file_is_written_beside_the_study_and_named(before: Type) -> None:
    done = before("report", "study.yaml", "--init")

    assert (done.code, done.out) == (0, "report.yaml\n")
    assert done.err.startswith("next: add to study.yaml:  report: report.yaml\n")


def test_what_was_written_is_a_report_of_the_study(before: Type) -> None:
    before("report", "before", "--init", "--report", "mine.yaml")
    done = before("report", "before", "--report", "mine.yaml")

    assert done.code == 0
    assert "### train by " in done.out
    assert "### Left out" not in done.out


def test_a_file_that_is_there_is_left_as_it_is(before: Type) -> None:
    Path("report.yaml").write_text("mine")
    done = before("report", "study.yaml", "--init")

    assert (done.code, Path("report.yaml").read_text()) == (2, "mine")
    assert done.err.startswith("error: `report.yaml` is there already, and is left as it is\n")


def test_a_folder_that_is_not_there_is_told(before: Type) -> None:
    done = before("report", "before", "--init", "--report", "no/mine.yaml")

    assert (done.code, done.err.splitlines()[0]) == (2, "error: there is no folder `no`")


def test_one_file_is_written(before: Type) -> None:
    assert before("report", "before", "--init", "--report", "a.yaml", "--report", "b.yaml").code == 2


@pytest.mark.parametrize("grid", ["quickstart", "elfw_search", "multitask", "face_segmentation"])
def test_shipped_studies_have_one_before_they_are_submitted(
    type_: Type, grid: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    file, study = tmp_path / "report.yaml", f"grids/{grid}.yaml"
    done = type_("report", study, "--init", "--report", str(file), "--runs", str(tmp_path / "runs"))

    assert done.code == 0, done.err
    assert read_report_files([file], read_study(Path(study)).names)


def test_a_study_that_nobody_knows_is_told(type_: Type) -> None:
    assert type_("report", "none", "--init").code == 2
