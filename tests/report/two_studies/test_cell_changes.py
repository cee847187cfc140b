import pytest

from orchestrator.report.table import Cell, Row, Table
from orchestrator.report.two_studies.cell_changes import beyond_spread, table_change


def cell(value: float | None, std: float | None = None) -> Cell:
    return Cell(metric="m", value=value, std=std, n=3)


def table(*rows: tuple[str, Cell], column: str = "x") -> Table:
    found = tuple(Row(path=(name,), cells=(one,)) for name, one in rows)
    return Table(id="t", title="T", stage="s", columns=((column,),), rows=found)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (cell(1.0, 0.1), cell(1.05, 0.1), False),
        (cell(1.0, 0.1), cell(1.2, 0.1), True),
        (cell(1.0, 0.1), cell(1.2, 0.3), False),
        (cell(1.0), cell(1.0), False),
        (cell(1.0), cell(1.0001), True),
        (cell(None), cell(1.0), True),
        (cell(None), cell(None), False),
    ],
)
def test_a_change_beyond_the_larger_spread_counts(before: Cell, after: Cell, expected: bool) -> None:
    assert beyond_spread(before, after) is expected


def test_cells_are_found_by_their_labels() -> None:
    one = table(("a", cell(1.0)), ("b", cell(2.0)))
    found = table_change(one, table(("b", cell(2.0)), ("a", cell(3.0))))

    assert [(change.row, change.difference) for change in found.changed] == [("a", 2.0)]
    assert (found.compared, found.equal) == (2, 1)


def test_rows_and_columns_of_one_table_alone_are_told() -> None:
    found = table_change(table(("a", cell(1.0))), table(("b", cell(1.0)), column="y"))

    assert (found.only_before, found.only_after) == (("a", "x"), ("b", "y"))


def test_a_text_is_no_number() -> None:
    text = Cell(metric="m", text="0.01")

    assert table_change(table(("a", text)), table(("a", text))).compared == 0


def test_a_value_that_is_gone_has_no_difference() -> None:
    (change,) = table_change(table(("a", cell(1.0))), table(("a", cell(None)))).changed

    assert change.difference is None
