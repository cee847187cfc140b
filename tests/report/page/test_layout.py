from dataclasses import replace

import pytest

from orchestrator.report.page.layout import PartWidths, cell_parts, notes_of, part_widths, widest, with_minus
from orchestrator.report.table import Cell, Note, Row, Table

CELL = Cell(metric="iou", value=0.5, std=0.01, n=2, reference=0.4, mark="a", digits=2)
TABLE = Table(
    id="t",
    title="T",
    stage="s",
    columns=(("x",), ("y",)),
    rows=(Row(path=("r",), cells=(CELL, Cell(metric="iou", value=12.0, digits=0))),),
    notes=(Note(text="M", kind="method"), Note(text="C"), Note(text="D", mark="a")),
)


def test_a_cell_has_parts_that_are_lined_up() -> None:
    parts = cell_parts(CELL)

    assert (parts.value, parts.spread, parts.printed, parts.mark, parts.digits) == (
        "0.50",
        "± 0.01",
        "(0.40)",
        "a",
        2,
    )


def test_least_and_greatest_stand_where_a_spread_does() -> None:
    parts = cell_parts(replace(CELL, spread="range", values=(("a", 0.4), ("b", 0.6))))

    assert (parts.value, parts.spread) == ("0.50", "[0.40, 0.60]")


def test_a_text_is_no_number() -> None:
    assert cell_parts(Cell(metric="net", text="v1.5 ± x")).digits == 0


def test_a_column_has_room_for_its_widest_parts() -> None:
    assert part_widths(TABLE) == [
        PartWidths(spread=6, printed=6, raised=1, digits=2),
        PartWidths(spread=0, printed=0, raised=0, digits=0),
    ]


def test_a_table_has_room_for_its_widest_column() -> None:
    assert widest(part_widths(TABLE)) == PartWidths(spread=6, printed=6, raised=1, digits=2)


def test_cautions_stand_before_methods() -> None:
    assert [(kind, len(notes)) for kind, _, notes in notes_of(TABLE)] == [("caution", 2), ("method", 1)]


@pytest.mark.parametrize(
    "text", ["~61.6", "[~73.5, ~49.8]", "~0.5 ± 0.1", "1e-05", "2026-11-27", "ResNet-50"]
)
def test_negative_numbers_have_a_true_minus(text: str) -> None:
    assert with_minus(text.replace("~", "-")) == text.replace("~", "\N{MINUS SIGN}")
