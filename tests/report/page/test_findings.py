from dataclasses import replace

from orchestrator.report.page.findings import (
    MOST_COLUMNS,
    agreements,
    best_of_columns,
    difference_text,
    signed,
)
from orchestrator.report.table import Cell, Row, Table

CELL = Cell(metric="iou", value=0.6, n=2, digits=2, trials=("t",))


def table(*cells: Cell, name: str = "t", columns: int = 1) -> Table:
    """Return a table with these cells below each other, in so many equal columns."""
    return Table(
        id=name,
        title=name.upper(),
        stage="s",
        columns=tuple((f"c{place}",) for place in range(columns)),
        rows=tuple(Row(path=(f"r{place}",), cells=(cell,) * columns) for place, cell in enumerate(cells)),
    )


def test_the_first_by_rank_is_told_with_what_is_printed() -> None:
    first = replace(CELL, value=0.7, rank=1, best=True, reference=0.75)
    (found,) = best_of_columns([table(replace(CELL, rank=2), first)])

    assert (found.row, found.measured, found.printed, found.difference) == (
        "r1",
        "0.70",
        "0.75",
        "\N{MINUS SIGN}0.05",
    )
    assert found.told


def test_rows_that_cannot_be_told_from_the_first_are_named() -> None:
    (found,) = best_of_columns([table(replace(CELL, rank=1, best=True), replace(CELL, rank=2, best=True))])

    assert found.alike == ("r1",)


def test_a_first_without_a_test_is_not_called_the_best() -> None:
    (found,) = best_of_columns([table(replace(CELL, rank=1), replace(CELL, rank=2))])

    assert not found.told


def test_one_row_alone_is_no_finding() -> None:
    assert not best_of_columns([table(replace(CELL, rank=1))])


def test_a_table_without_ranks_is_no_finding() -> None:
    assert not best_of_columns([table(CELL, CELL)])


def test_only_the_first_columns_are_told() -> None:
    rows = (replace(CELL, rank=1), replace(CELL, rank=2))

    assert len(best_of_columns([table(*rows, columns=MOST_COLUMNS + 1)])) == MOST_COLUMNS


def search_best(*path: str) -> Table:
    cells = (
        replace(CELL, digits=None),
        Cell(metric="lr", value=0.1, digits=None),
        Cell(metric="answer", value=3.0, digits=None),
    )
    columns = (("loss",), ("lr",), ("answer",))
    return Table(
        id="search_s_best", title="S", stage="s", columns=columns, rows=(Row(path=path, cells=cells),)
    )


def test_the_best_answer_of_a_search_is_told() -> None:
    (found,) = best_of_columns([search_best("net=a")])

    assert (found.column, found.row, found.measured, found.told) == ("loss", "net=a: answer 3", "0.6", None)


def test_of_several_objectives_no_answer_is_the_best() -> None:
    assert not best_of_columns([search_best("net=a", "answer 3")])


def test_the_largest_deviation_comes_first_within_and_between_tables() -> None:
    near = table(replace(CELL, reference=0.61), name="near")
    far = table(replace(CELL, reference=0.5), replace(CELL, reference=1.2), name="far")
    first, second = agreements([near, far])

    assert (first.table, second.table) == ("far", "near")
    assert first.largest.relative == -50.0


def test_nothing_is_compared_with_what_is_missing() -> None:
    assert not agreements([table(CELL, replace(CELL, value=None, reference=0.5))])


def test_beside_a_printed_zero_there_are_no_percent() -> None:
    (found,) = agreements([table(replace(CELL, reference=0.0))])

    assert (found.largest.relative, found.largest.difference) == (None, 0.6)


def test_a_difference_needs_both_numbers() -> None:
    assert difference_text(CELL) == ""


def test_what_prints_as_zero_has_no_sign() -> None:
    assert (signed(-0.001, 2), signed(0.01, 2), signed(-0.01, 2)) == ("0.00", "+0.01", "\N{MINUS SIGN}0.01")
