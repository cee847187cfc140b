import json

from orchestrator.report.document import Chapter, Figure, Report, report_json
from orchestrator.report.table import Cell, Note, Row, Table

CELL = Cell(metric="iou", value=0.5, n=1, missing=2, reasons=(("failed", 2),), trials=("a", "b", "c"))
TABLE = Table(
    id="table_5_1",
    title="IoU",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No hair")),
    rows=(Row(path=("Untrained", "Control"), cells=(CELL, Cell(metric="iou"))),),
    notes=(Note(text="1 of 3 finished.", mark="a"), Note(text="One value per cell.")),
)
FIGURE = Figure(id="f", title="Loss", notes=("Thin: one seed.",), png="figures/f.png", pdf="figures/f.pdf")
REPORT = Report(
    study="faces",
    chapters=(Chapter(title="Faces", tables=(TABLE,), figures=(FIGURE,)), Chapter(title="Hair")),
    left_out=("table_9: no stage",),
    facts=(("Seeds", "0, 1"),),
    folders={},
)
FOUND = report_json(REPORT)


def test_everything_a_report_holds_can_be_written_as_json() -> None:
    assert json.loads(json.dumps(FOUND)) == FOUND


def test_a_table_names_its_chapter_rows_and_columns_in_one_line_each() -> None:
    (table,) = FOUND["tables"]

    assert (table["chapter"], table["columns"]) == ("Faces", ["LFW / Hair", "LFW / No hair"])
    assert [row["row"] for row in table["rows"]] == ["Untrained / Control"]


def test_a_cell_stands_with_its_column_and_what_is_missing() -> None:
    first = FOUND["tables"][0]["rows"][0]["cells"][0]

    assert (first["column"], first["value"], first["reasons"]) == ("LFW / Hair", 0.5, {"failed": 2})


def test_what_a_cell_does_not_have_is_null() -> None:
    second = FOUND["tables"][0]["rows"][0]["cells"][1]

    assert [name for name, value in second.items() if value is None] == [
        "value",
        "std",
        "reference",
        "ci95",
        "combined",
        "mark",
    ]


def test_notes_keep_the_marks_of_the_cells_they_belong_to() -> None:
    assert [note["mark"] for note in FOUND["tables"][0]["notes"]] == ["a", None]


def test_a_figure_names_its_files() -> None:
    assert [figure["files"] for figure in FOUND["figures"]] == [["figures/f.png", "figures/f.pdf"]]


def test_what_was_left_out_and_what_the_numbers_rest_on_are_told() -> None:
    assert (FOUND["left_out"], FOUND["facts"]) == (["table_9: no stage"], {"Seeds": "0, 1"})
