from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.report.cell_text import number, printed
from orchestrator.report.document import Chapter, Report
from orchestrator.report.edges.markdown import as_text
from orchestrator.report.edges.render import WRITERS
from orchestrator.report.table import Cell, Note, Row, Table
from tests.golden import assert_golden

CONTROL = Cell(
    metric="val_iou", value=0.63812, std=0.0041, ci95=0.0102, n=3, reference=0.638, trials=("aa", "bb")
)
GENDER = replace(CONTROL, value=0.66049, reference=0.66, best=True)
PART = replace(CONTROL, n=2, missing=1, reference=None, mark="a", trials=("cc",))
EMPTY = Cell(metric="val_iou", missing=3, trials=("dd",))
TABLE = Table(
    id="table_5_1",
    title="IoU & 100 % of <VGG16>",
    stage="segment",
    columns=(("LFW", "Hair"), ("LFW", "No|hair")),
    rows=(
        Row(path=("Control",), cells=(CONTROL, PART)),
        Row(path=("Gender_tuned",), cells=(GENDER, EMPTY)),
        Row(path=("Untrained decoder", "Control"), cells=(replace(CONTROL, spread="none"), EMPTY)),
    ),
    notes=(Note(text="Mean ± std."), Note(text="2 of 3 finished.", mark="a")),
    printed="Table 5.1",
)
REPORT = Report(
    study="<faces>",
    chapters=(Chapter(title="Segmentation <1>", tables=(TABLE,)),),
    left_out=("table_9: no stage `<script>`",),
    facts=(("Seeds", "0, 1"),),
    folders={"aa": "../trials/t-aa", "bb": "../trials/t bb", "cc": "c", "dd": "d"},
)


@pytest.mark.parametrize("suffix", WRITERS)
def test_table_is_written_as_before(suffix: str, tmp_path: Path) -> None:
    assert_golden(f"table.{suffix}", WRITERS[suffix](TABLE), tmp_path)


def test_report_text_is_written_as_before(tmp_path: Path) -> None:
    assert_golden("report.md", as_text(REPORT), tmp_path)


def test_a_single_chapter_has_no_heading() -> None:
    assert "Segmentation" not in as_text(REPORT)


def test_chapters_are_told_apart_by_their_titles() -> None:
    second = Chapter(title="Recognition", tables=(replace(TABLE, id="second"),))
    text = as_text(replace(REPORT, chapters=(*REPORT.chapters, second)))

    assert text.index("## Segmentation <1>") < text.index("## Recognition") < text.rindex("### IoU")


def test_number_has_a_spread_only_where_there_is_one() -> None:
    assert number(CONTROL) == "0.638 ± 0.004"
    assert number(replace(CONTROL, std=None)) == "0.638"


def test_missing_number_is_a_dash() -> None:
    assert number(EMPTY) == "—"


def test_printed_number_has_the_digits_of_the_cell() -> None:
    assert printed(replace(CONTROL, reference=0.66)) == "(0.660)"


def test_a_spreadsheet_computes_nothing() -> None:
    table = replace(TABLE, rows=(Row(path=("=1+1",), cells=(CONTROL, EMPTY)),))

    assert WRITERS["csv"](table).splitlines()[1].startswith("'=1+1,LFW / Hair,")


def test_a_combined_number_says_so_in_csv() -> None:
    row = Row(path=("Two nets",), cells=(replace(CONTROL, combined="sum over attribute"), EMPTY))

    assert "Two nets,LFW / Hair,val_iou (sum over attribute),0.63812" in WRITERS["csv"](
        replace(TABLE, rows=(row,))
    )


def test_nothing_turns_the_direction_of_writing() -> None:
    row = Row(path=("safe\u202egnorw",), cells=(CONTROL, PART))
    written = as_text(
        replace(REPORT, chapters=(Chapter(title="\u2066", tables=(replace(TABLE, rows=(row,)),)),))
    )

    assert written.count("safe\N{REPLACEMENT CHARACTER}gnorw") == 1
    assert not {"\u202e", "\u2066"} & set(written)
