from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from orchestrator.evidence.evidence import Result
from orchestrator.report.reproduction.agreement import TrialPair, compared
from orchestrator.report.reproduction.cell_address import Placed
from orchestrator.report.reproduction.words import pair_table, reproduction_json, verdict_lines
from orchestrator.report.table import Cell, Row, Table
from tests.observations import observe

CELL = Cell(metric="loss", value=0.25, n=1, trials=("t",))
TABLE = Table(
    id="t", title="T", stage="s", columns=(("loss",),), rows=(Row(path=("lr=0.1",), cells=(CELL,)),)
)
PLACED = Placed(table=TABLE, row=0, column=0)


def pair(before: dict[str, float], after: dict[str, float], *, of_cell: bool = True) -> TrialPair:
    one, other = (
        Result(metrics=metrics, attempt=1, time=0, seconds=1, code="c0de") for metrics in (before, after)
    )
    return compared(observe({}, lr=0.1, seed=1).trial, one, other, tolerance=0, of_cell=of_cell)


SAME, OFF = pair({"loss": 0.25}, {"loss": 0.25}), pair({"loss": 0.25, "acc": 1}, {"loss": 0.5, "acc": 1})


def rows(*pairs: TrialPair, shown: str = "loss") -> list[list[str]]:
    drawn = StringIO()
    Console(file=drawn, width=160).print(pair_table(pairs, shown))
    return [line.split() for line in drawn.getvalue().splitlines()[1:]]


def test_a_row_tells_both_numbers_and_how_far_they_are_apart() -> None:
    assert rows(OFF)[0][1:] == ["segment", "lr=0.1", "seed=1", "loss", "0.25", "0.5", "+0.25", "differs"]


def test_of_needs_only_what_differs_is_shown() -> None:
    need = pair({"a": 1, "b": 1}, {"a": 1, "b": 2}, of_cell=False)

    assert [row[4] for row in rows(need)] == ["b"]


def test_of_what_is_equal_the_metric_of_the_cell_is_shown_alone() -> None:
    both = pair({"loss": 1, "acc": 1}, {"loss": 1, "acc": 1})

    assert [row[4] for row in rows(both)] == ["loss"]


def test_a_cell_of_something_else_has_all_metrics_shown() -> None:
    both = pair({"loss": 1, "acc": 1}, {"loss": 1, "acc": 1})

    assert len(rows(both, shown="parameter")) == 2


def test_equal_numbers_are_told_as_reproduced() -> None:
    lines = verdict_lines(PLACED, CELL, [SAME], 0)

    assert lines[-1] == "reproduced: all 1 metrics of 1 trial are equal bit for bit"


def test_a_tolerance_is_told() -> None:
    assert verdict_lines(PLACED, CELL, [SAME], 1e-6)[-1].endswith("within 1e-06 of the larger number")


def test_what_differs_is_counted_with_the_worst() -> None:
    lines = verdict_lines(PLACED, CELL, [SAME, OFF], 0)

    assert lines[-3:] == [
        "not reproduced: 1 of 3 metrics, in 1 of 2 trials, differ by more than allowed (bit for bit)",
        "the farthest apart differ by 0.5 of the larger number",
        "    they are equal enough with: --tolerance 6e-01",
    ]


def test_a_number_that_is_gone_needs_no_tolerance() -> None:
    gone = pair({"loss": 0.25}, {"loss": float("nan")})

    assert "--tolerance" not in "".join(verdict_lines(PLACED, CELL, [gone], 0))


@pytest.mark.parametrize(("after", "word"), [(1 + 3.2e-7, "4e-07"), (1 + 9.5e-3, "1e-02"), (1.5, "4e-01")])
def test_the_tolerance_that_would_do_is_told(after: float, word: str) -> None:
    lines = verdict_lines(PLACED, CELL, [pair({"loss": 1}, {"loss": after})], 0)

    assert lines[-1].endswith(f"--tolerance {word}")


def test_programs_get_every_number() -> None:
    found: dict[str, Any] = reproduction_json(PLACED, CELL, [OFF], 0)

    assert (found["reproduced"], found["row"], found["column"]) == (False, ["lr=0.1"], ["loss"])
    assert found["trials"][0]["metrics"]["loss"] == {
        "before": 0.25,
        "after": 0.5,
        "difference": 0.25,
        "within": False,
    }


def test_a_number_that_is_not_finite_is_null_for_programs() -> None:
    found = reproduction_json(PLACED, CELL, [pair({"loss": float("nan")}, {"loss": float("nan")})], 0)

    assert found["trials"][0]["metrics"]["loss"]["before"] is None
