"""The page of everything that the five texts print: nothing is missing, and what it names is there."""

import re
from dataclasses import dataclass

from orchestrator.report.edges.table_file import read_definitions, read_reference
from tests.docs.pages import ROOT, page

REPORTS = {
    "s000": "face_segmentation*",
    "s001": "background_removal*",
    "s002": "elfw*",
    "s003": "facial_attributes*",
    "s004": "multitask*",
}
"""Source -> its report files."""
REFERENCE = read_reference(ROOT / "reports/reference_results.yaml")
KINDS = {printed.id: printed.kind for printed in (*REFERENCE.tables, *REFERENCE.figures)}
MADE = {"result", "derived", "architecture", "curves", "pictures"}
"""What trainings make, so that a report has it."""
LACKING: set[str] = set()
"""What may still say `not yet`."""


@dataclass(frozen=True)
class Row:
    """A row of the page: what is printed, what stands for it, and how it stands."""

    section: int
    cells: tuple[str, ...]

    @property
    def id(self) -> str:
        return named(self.cells[0])[0]

    @property
    def source(self) -> str:
        return self.id.split(".")[0]

    @property
    def here(self) -> list[str]:
        return named(self.cells[1])


def named(text: str) -> list[str]:
    """Return what stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def read_rows() -> list[Row]:
    """Return the rows of all tables of the page, those of headers left out."""
    return [
        Row(section, tuple(cell.strip() for cell in line.strip().strip("|").split("|")))
        for section, text in enumerate(page("printed.md").text.split("\n## ")[1:])
        for line in text.splitlines()
        if line.startswith("| `")
    ]


ROWS = read_rows()


def ids_of(files: str) -> set[str]:
    """Return the ids of the tables and figures of report files."""
    found = [read_definitions(path) for path in sorted((ROOT / "reports").glob(f"{files}.yaml"))]
    return {piece.id for file in found for piece in (*file.tables, *file.derived, *file.figures)}


IDS = {source: ids_of(files) for source, files in REPORTS.items()}


def is_there(source: str, name: str) -> bool:
    """Return whether a name is one of the source's reports, or a file of this repository."""
    return name in IDS[source] or ("/" in name and (ROOT / name).is_file())


def test_no_id_is_given_twice() -> None:
    assert len(KINDS) == len(REFERENCE.tables) + len(REFERENCE.figures)


def test_everything_printed_has_one_row() -> None:
    assert sorted(row.id for row in ROWS) == sorted(KINDS)


def test_each_section_is_one_source() -> None:
    assert {(row.section, row.source) for row in ROWS} == set(enumerate(REPORTS))


def test_no_cell_is_empty() -> None:
    assert [row.id for row in ROWS if len(row.cells) != 3 or not all(row.cells)] == []


def test_each_row_names_something() -> None:
    assert [row.id for row in ROWS if not row.here and row.cells[1] != "not yet"] == []


def test_what_a_row_names_is_there() -> None:
    wrong = [(row.id, name) for row in ROWS for name in row.here if not is_there(row.source, name)]

    assert wrong == []


def test_what_trainings_make_is_in_a_report() -> None:
    made = [row for row in ROWS if KINDS[row.id] in MADE and row.cells[1] != "not yet"]

    assert [row.id for row in made if not IDS[row.source].intersection(row.here)] == []


def test_no_more_is_lacking_than_was() -> None:
    assert {row.id for row in ROWS if "not yet" in " ".join(row.cells)} <= LACKING
