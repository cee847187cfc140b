"""The reports that ship with the studies, against everything that the five sources print."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from orchestrator.report.edges.table_file import read_reference, read_report_files
from orchestrator.report.report_file import ReportFile
from orchestrator.study.read import read_study

REPORTS = Path(__file__).resolve().parents[2] / "reports"
FILES = sorted(path for path in REPORTS.glob("*.yaml") if path.stem not in {"reference_results", "digits"})
SOURCES = {"face_segmentation", "background_removal", "elfw_classes", "facial_attributes", "multitask"}
PRINTED = YAML(typ="safe").load((REPORTS / "reference_results.yaml").read_text(encoding="utf-8"))
REFERENCE = read_reference(REPORTS / "reference_results.yaml")


@pytest.fixture(scope="module")
def files() -> list[ReportFile]:
    return [file for file, _ in read_report_files(FILES)]


def linked(files: list[ReportFile]) -> set[str]:
    """Return the printed tables that stand beside a measured one."""
    pieces = [piece for file in files for piece in (*file.tables, *file.derived)]
    return {piece.reference.table for piece in pieces if piece.reference}


def test_there_is_a_report_for_each_source() -> None:
    assert {path.stem for path in FILES} >= SOURCES


def test_every_printed_result_stands_beside_a_measured_one(files: list[ReportFile]) -> None:
    kinds = {"result", "architecture", "derived"}
    wanted = {table["id"] for table in PRINTED["tables"] if table["kind"] in kinds}

    assert wanted - linked(files) == set()


def test_every_inconsistency_is_a_footnote(files: list[ReportFile]) -> None:
    own = {
        identity
        for file in files
        for piece in (*file.tables, *file.derived, *file.figures)
        for identity in piece.footnotes
    }
    of_printed = {
        identity for table in REFERENCE.tables if table.id in linked(files) for identity in table.see
    }

    assert {entry.id for entry in REFERENCE.inconsistencies} - own - of_printed == set()


GRIDS = sorted((REPORTS.parent / "grids").glob("*.yaml"))


@pytest.mark.parametrize("grid", GRIDS, ids=lambda path: path.stem)
def test_reports_name_nothing_that_their_study_lacks(grid: Path) -> None:
    read = read_study(grid)

    assert len(read_report_files(list(map(Path, read.reports)), read.names)) == len(read.reports)


@pytest.mark.parametrize("only", ["elfw_classes", "facial_attributes.genage"])
def test_reports_of_what_is_left_out_stay_right(only: str) -> None:
    read = read_study(REPORTS.parent / "grids/full_study.yaml", only=[only])

    assert len(read_report_files(list(map(Path, read.reports)), read.names)) == len(SOURCES)
