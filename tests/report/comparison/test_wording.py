from dataclasses import replace

import pytest

from orchestrator.report.comparison.definition import TableComparison
from orchestrator.report.comparison.judging import Judging
from orchestrator.report.table import Cell, Table
from tests.observations import gather
from tests.report.comparison.cells import cell_of, column_of

LOW = cell_of(0.50, 0.52, 0.51, 0.49, 0.50)
HIGH = cell_of(0.60, 0.63, 0.61, 0.60, 0.59)
NEAR = cell_of(0.51, 0.50, 0.51, 0.50, 0.51)
BY = "paired t-test by seed, Holm, level 0.05"


def notes(*cells: Cell, to: str | None = None, **options: object) -> list[str]:
    judging = Judging(
        compare=TableComparison.model_validate({"to": to, **options}),
        partners={(at, 0): (0, 0) for at in range(1, len(cells))} if to else {},
    )
    table = Table(id="t", title="T", stage="train", columns=(("acc",),), rows=column_of(*cells))
    return judging.notes(judging.judged(table, gather()))


def test_bold_is_explained() -> None:
    assert notes(LOW, HIGH) == [f"Bold: the best of its column, and what is not separable from it ({BY})."]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (replace(HIGH, missing=1), "a value is missing"),
        (replace(HIGH, shared=1), "times were measured beside other trials"),
        (cell_of(0.7), "there is one value per cell"),
    ],
)
def test_a_column_that_no_test_can_be_made_of_says_why(other: Cell, why: str) -> None:
    assert notes(LOW, other) == [f"Nothing is bold: {why}."]


def test_a_column_of_which_a_test_shows_nothing_names_it() -> None:
    assert notes(LOW, NEAR) == [f"Nothing is bold: nothing can be told apart ({BY})."]


def test_a_table_without_a_direction_says_nothing_of_bold() -> None:
    assert notes(replace(LOW, better="none"), replace(HIGH, better="none")) == []


def test_stars_are_explained() -> None:
    plain = (replace(one, better="none") for one in (LOW, HIGH, NEAR))

    assert notes(*plain, to="r0") == [
        "*: differs from r0 (paired t-test by seed, Holm over 2 comparisons, level 0.05, 5 pairs each)."
    ]


def test_no_star_is_explained() -> None:
    plain = (replace(one, better="none") for one in (LOW, HIGH))

    (told,) = notes(*plain, to="r0", test="wilcoxon")

    assert told.startswith("No cell is shown to differ from r0 (Wilcoxon signed-rank test by seed, ")


def test_columns_say_which_effect_size_is_meant() -> None:
    plain = (replace(one, better="none") for one in (LOW, HIGH))
    (told,) = notes(*plain, to="r0", show="columns")

    assert told.endswith(" Effect: Cohen's d_z.")


def test_where_nothing_could_be_tested_no_test_is_named() -> None:
    plain = (replace(cell_of(value), better="none") for value in (0.606, 0.592))

    assert notes(*plain, to="r0") == [
        "Nothing can be compared to r0: fewer than two values, or none that vary."
    ]


def test_what_could_not_be_tested_is_counted() -> None:
    plain = (replace(one, better="none") for one in (LOW, HIGH, cell_of(0.7)))
    (told,) = notes(*plain, to="r0")

    assert told.endswith(" 1 of 2 could not be tested: fewer than two values, or none that vary.")
