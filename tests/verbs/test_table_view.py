from dataclasses import replace

import pytest
from rich.text import Text

from orchestrator.report.table import Cell, Note, Row, Table
from orchestrator.verbs.table_view import table_lines


def cell(value: float, **more: object) -> Cell:
    return replace(Cell(metric="acc", value=value, std=1.0, n=2, digits=1, spread="std"), **more)


TABLE = Table(
    id="t",
    title="Accuracy",
    stage="train",
    row_heads=("lr", "net"),
    columns=(("LFW", "hair"), ("LFW", "skin"), ("value",)),
    rows=(
        Row(path=("0.1", "small"), cells=(cell(1.0), cell(-20.5, best=True), cell(3.0, std=12.0))),
        Row(path=("0.1", "large"), cells=(cell(10.0), cell(2.0, sign="*"), cell(3.0))),
    ),
    notes=(Note(text="A note that is longer than a line of the window.", mark="a"),),
)


def shown(table: Table, width: int) -> list[str]:
    return [line.plain.rstrip() for line in table_lines(table, width)]


def test_numbers_stand_below_numbers() -> None:
    assert shown(TABLE, 80)[2:7] == [
        "                      LFW",
        "lr   net          hair          skin       value",
        "────────────────────────────────────────────────",
        "0.1  small   1.0 ± 1.0  -20.5 ± 1.0   3.0 ± 12.0",
        "     large  10.0 ± 1.0    2.0 ± 1.0*  3.0 ±  1.0",
    ]


@pytest.mark.parametrize("width", [40, 60, 80])
def test_no_line_is_wider_than_the_window(width: int) -> None:
    assert max(map(len, shown(TABLE, width))) <= width


def test_columns_without_room_follow_below_with_their_labels() -> None:
    lines = shown(TABLE, 40)

    assert [line for line in lines if line.startswith("lr ")] == [
        "lr   net          hair          skin",
        "lr   net         value",
    ]


def test_what_is_bold_in_print_is_bold_here() -> None:
    bold = [
        line.plain[span.start : span.end].strip()
        for line in table_lines(TABLE, 80)[5:7]
        for span in line.spans
        if span.style == "bold"
    ]

    assert bold == ["-20.5"]


def test_a_note_is_wrapped_behind_its_mark() -> None:
    assert shown(TABLE, 40)[-2:] == ["a A note that is longer than a line of", "  the window."]


def test_labels_do_not_steer_the_terminal() -> None:
    steering = replace(TABLE, rows=(replace(TABLE.rows[0], path=("\x1b[31m", "small")),))

    assert not any("\x1b" in line.plain for line in table_lines(steering, 80) if isinstance(line, Text))
