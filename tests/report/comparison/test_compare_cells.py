from dataclasses import replace

import pytest

from orchestrator.report.comparison.compare_cells import set_against, with_compared
from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.table import Cell, Row
from tests.report.comparison.cells import cell_of, column_of

SGD = cell_of(0.50, 0.52, 0.51, 0.49, 0.50)
ADAM = cell_of(0.60, 0.63, 0.61, 0.60, 0.59)


def against_first(*cells: Cell, **options: object) -> tuple[Row, ...]:
    compare = TableComparison.model_validate({"to": "r0", **options})
    return with_compared(
        column_of(*cells), [("acc",)], {(at, 0): (0, 0) for at in range(1, len(cells))}, compare
    )


def test_a_difference_has_a_star() -> None:
    assert [row.cells[0].sign for row in against_first(SGD, ADAM, SGD)] == ["", "*", ""]


def test_the_difference_is_that_of_the_means() -> None:
    compared = against_first(SGD, ADAM)[1].cells[0].compared

    assert compared is not None
    assert (compared.to, compared.pairs, compared.difference) == ("r0", 5, pytest.approx(0.102))


def test_the_interval_is_that_of_the_level() -> None:
    narrow, wide = (against_first(SGD, ADAM, level=level)[1].cells[0].compared for level in (0.2, 0.01))

    assert narrow is not None
    assert wide is not None
    assert wide.low < narrow.low < narrow.high < wide.high  # type: ignore[operator]


def test_p_is_corrected_for_all_comparisons() -> None:
    rows = against_first(SGD, ADAM, ADAM, ADAM)
    found = [row.cells[0].compared for row in rows[1:]]

    assert [one and one.corrected for one in found] == pytest.approx(
        [one and 3 * one.p for one in found if one.p]
    )


def test_unlike_cells_have_no_star() -> None:
    assert against_first(SGD, replace(ADAM, unlike=("Unlike in code",)))[1].cells[0].sign == ""


def test_a_cell_without_values_is_not_compared() -> None:
    assert against_first(SGD, Cell(metric="acc", missing=5))[1].cells[0].compared is None


def test_pairs_are_those_that_both_have() -> None:
    less = replace(ADAM, values=ADAM.values[1:4])

    assert set_against(less, SGD, "paired-t", 0.05).pairs == 3


def test_without_a_test_values_that_do_not_pair_are_groups() -> None:
    less = replace(ADAM, values=ADAM.values[1:4])

    assert [set_against(one, SGD, None, 0.05).test for one in (ADAM, less)] == ["paired-t", "welch"]


def test_where_nothing_pairs_there_is_a_difference_but_no_p() -> None:
    others = replace(ADAM, values=tuple((f"fold={n}", v) for n, (_, v) in enumerate(ADAM.values)))
    found = set_against(others, SGD, "wilcoxon", 0.05)

    assert (found.pairs, found.p, found.difference) == (0, None, pytest.approx(0.102))


def test_the_base_is_called_by_what_is_its_own() -> None:
    rows = (Row(path=("0.1", "sgd"), cells=(SGD,)), Row(path=("0.1", "adam"), cells=(ADAM,)))
    compared = (
        with_compared(rows, [("acc",)], {(1, 0): (0, 0)}, TableComparison(to="sgd"))[1].cells[0].compared
    )

    assert compared is not None
    assert compared.to == "sgd"


def test_columns_may_be_compared() -> None:
    rows = (Row(path=("digits",), cells=(SGD, ADAM)),)
    found = with_compared(rows, [("sgd",), ("adam",)], {(0, 1): (0, 0)}, TableComparison(to="sgd"))
    compared = found[0].cells[1].compared

    assert compared is not None
    assert compared.to == "sgd"
