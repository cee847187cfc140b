"""The reports that ship with the studies, against everything that the five sources print."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from orchestrator.report.definition import ReportFile
from orchestrator.report.edges.table_file import read_reference, read_report_files

REPORTS = Path(__file__).resolve().parents[2] / "reports"
FILES = sorted(path for path in REPORTS.glob("*.yaml") if path.stem != "reference_results")
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
    assert len(FILES) == 5


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
