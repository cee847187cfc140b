from dataclasses import replace

import pytest

from orchestrator.report.latex_layout import TableStyle, TextArea, Wrapping, lay_out, notes_in_paper
from orchestrator.report.latex_width import SIZES
from orchestrator.report.table import Cell, Note, Row, Table

CELL = Cell(metric="iou", value=0.638, std=0.004, n=3)
TABLE = Table(
    id="t",
    title="T",
    stage="s",
    columns=(("IoU",),),
    rows=(Row(path=("one", "a"), cells=(CELL,)), Row(path=("one", "b"), cells=(CELL,))),
    notes=(Note(text="Mean."), Note(text="Not done yet.", kind="state")),
)
STYLE = TableStyle(Wrapping(60, 100))
PAGE = TextArea()


def test_a_smaller_size_takes_less_room() -> None:
    wide, small = (lay_out(TABLE, size, STYLE, PAGE) for size in (SIZES[0], SIZES[3]))

    assert (small.width < wide.width, small.height < wide.height) == (True, True)


def test_groups_with_a_line_of_their_own_are_narrower_and_longer() -> None:
    beside, below = (
        lay_out(TABLE, SIZES[0], replace(STYLE, indented=given), PAGE) for given in (False, True)
    )

    assert (below.width < beside.width, below.height > beside.height) == (True, True)


def test_labels_of_rows_take_a_column_each() -> None:
    assert lay_out(TABLE, SIZES[0], STYLE, PAGE).depth == 2


def test_a_header_that_is_wider_than_its_numbers_is_wrapped() -> None:
    table = replace(TABLE, columns=(("Accuracy on validation data (%)",),))
    ((heading,),) = lay_out(table, SIZES[0], STYLE, PAGE).header

    assert heading.lines == ("Accuracy on", "validation", "data (%)")


def test_a_header_over_several_columns_may_be_as_wide_as_they_are() -> None:
    row = Row(path=("one",), cells=(CELL, CELL))
    table = replace(TABLE, columns=(("Validation and test", "a"), ("Validation and test", "b")), rows=(row,))

    assert lay_out(table, SIZES[0], STYLE, PAGE).header[0][0].lines == ("Validation and test",)


def test_a_narrow_table_is_spread_where_its_notes_are_long() -> None:
    table = replace(TABLE, notes=(Note(text="A long note. " * 20),))

    assert lay_out(table, SIZES[0], STYLE, PAGE).spread == pytest.approx(0.62 * 345, abs=1)


def test_a_narrow_table_with_little_below_it_stays_narrow() -> None:
    assert lay_out(TABLE, SIZES[0], STYLE, PAGE).spread is None


def test_a_rotated_table_may_be_as_wide_as_the_page_is_high() -> None:
    page = TextArea(width=100, height=400)

    assert [
        lay_out(TABLE, SIZES[0], STYLE, page, rotated=given).is_narrow(page) for given in (False, True)
    ] == [
        False,
        True,
    ]


def test_what_is_still_to_be_done_is_no_note_of_a_paper() -> None:
    assert [note.text for note in notes_in_paper(TABLE)] == ["Mean."]
