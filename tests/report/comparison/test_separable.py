from dataclasses import replace

import pytest

from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.comparison.separable import with_best
from orchestrator.report.table import Cell, Row
from tests.report.comparison.cells import cell_of, column_of

LOW = cell_of(0.50, 0.52, 0.51, 0.49, 0.50)
HIGH = cell_of(0.60, 0.63, 0.61, 0.60, 0.59)
NEAR = cell_of(0.61, 0.61, 0.62, 0.58, 0.60)
"""Not separable from HIGH."""


def best(*cells: Cell, compare: TableComparison | None = None) -> list[bool]:
    rows = with_best(column_of(*cells), compare or TableComparison())
    return [row.cells[0].best for row in rows]


def ranks(*cells: Cell) -> list[float | None]:
    return [row.cells[0].rank for row in with_best(column_of(*cells), TableComparison())]


def test_highest_is_best() -> None:
    assert best(LOW, HIGH) == [False, True]


def test_lowest_is_best_where_lower_is_better() -> None:
    assert best(replace(LOW, better="lower"), replace(HIGH, better="lower")) == [True, False]


def test_what_is_not_separable_from_the_best_is_bold_too() -> None:
    assert best(LOW, HIGH, NEAR) == [False, True, True]


def test_nothing_is_bold_where_nothing_can_be_told_apart() -> None:
    """Seen: 0.805 ± 0.007 was bold over 0.798 ± 0.010 at five seeds."""
    one, other = (0.798, 0.814, 0.805, 0.801, 0.807), (0.786, 0.812, 0.797, 0.803, 0.792)

    assert best(cell_of(*one), cell_of(*reversed(other))) == [False, False]


def test_one_value_is_never_bold() -> None:
    """Seen: 0.606 was bold over 0.592 at n = 1."""
    assert best(cell_of(0.606), cell_of(0.592)) == [False, False]


def test_one_cell_of_one_value_leaves_the_column_without_bold() -> None:
    assert best(LOW, HIGH, cell_of(0.4)) == [False] * 3


def test_a_baseline_is_not_bold() -> None:
    assert best(replace(HIGH, ranked=False), LOW, cell_of(0.3, 0.31, 0.32, 0.3, 0.29)) == [False, True, False]


def test_nothing_is_best_in_an_unfinished_column() -> None:
    assert best(LOW, HIGH, replace(LOW, missing=1)) == [False] * 3


def test_a_column_with_a_time_of_a_shared_worker_has_no_best() -> None:
    assert best(replace(LOW, shared=1), HIGH) == [False, False]


def test_a_column_of_unlike_cells_has_no_best() -> None:
    assert best(replace(LOW, unlike=("Unlike in code: ...",)), HIGH) == [False, False]


def test_values_that_do_not_vary_show_nothing() -> None:
    assert best(cell_of(3.0, 3.0, 3.0), cell_of(2.0, 2.0, 2.0)) == [False, False]


def test_cell_outside_the_study_does_not_hinder() -> None:
    assert best(LOW, HIGH, Cell(metric="acc", better="higher")) == [False, True, False]


def test_a_column_without_a_direction_has_no_best() -> None:
    assert best(replace(LOW, better="none"), replace(HIGH, better="none")) == [False, False]


def test_values_that_do_not_pair_are_told_apart_by_welch() -> None:
    other_seeds = replace(HIGH, values=tuple((f"seed={9 + n}", v) for n, (_, v) in enumerate(HIGH.values)))

    assert best(LOW, other_seeds) == [False, True]


def test_the_test_of_the_table_decides_what_is_bold() -> None:
    """Five pairs allow Wilcoxon's test no p below 0.0625."""
    assert best(LOW, HIGH, compare=TableComparison(test="wilcoxon")) == [False, False]


@pytest.mark.parametrize(("columns", "bold"), [(1, True), (40, False)])
def test_p_is_corrected_for_all_columns_of_the_table(columns: int, bold: bool) -> None:
    one, other = cell_of(0.50, 0.53, 0.51, 0.52, 0.50), cell_of(0.54, 0.55, 0.55, 0.53, 0.53)
    noise = (cell_of(0.5, 0.6, 0.4, 0.5, 0.5), cell_of(0.6, 0.4, 0.5, 0.5, 0.6))
    rows = [
        Row(path=(name,), cells=(first, *[rest] * (columns - 1)))
        for name, first, rest in (("a", one, noise[0]), ("b", other, noise[1]))
    ]

    assert with_best(rows, TableComparison())[1].cells[0].best is bold


def test_places_are_counted_from_the_best() -> None:
    assert ranks(LOW, HIGH, cell_of(0.7, 0.7)) == [3.0, 2.0, 1.0]


def test_equal_means_share_their_places() -> None:
    assert ranks(LOW, LOW, HIGH) == [2.5, 2.5, 1.0]


def test_a_baseline_has_no_place() -> None:
    assert ranks(LOW, replace(HIGH, ranked=False), NEAR) == [2.0, None, 1.0]


def test_an_unfinished_column_has_no_places() -> None:
    assert ranks(LOW, replace(HIGH, missing=1)) == [None, None]
