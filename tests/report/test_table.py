import math
from dataclasses import replace

import pytest

from orchestrator.evidence.state import State
from orchestrator.report.table import Row, Table, header_levels, measure, quantity, shown
from tests.observations import observe


def test_cell_is_the_mean_over_seeds() -> None:
    cell = measure([observe({"iou": 0.6}, seed=0), observe({"iou": 0.8}, seed=1)], "iou")

    assert cell.value == pytest.approx(0.7)
    assert (cell.n, cell.missing) == (2, 0)


def test_scale_is_applied_to_mean_and_spread() -> None:
    cell = measure([observe({"acc": 0.5}, seed=0), observe({"acc": 0.7}, seed=1)], "acc", scale=100)

    assert cell.value == pytest.approx(60.0)
    assert cell.std == pytest.approx(14.142, abs=0.001)


@pytest.mark.parametrize("metrics", [None, {}, {"iou": math.nan}, {"iou": math.inf}])
def test_missing_number_is_counted_and_not_replaced(metrics: dict[str, float] | None) -> None:
    cell = measure([observe({"iou": 0.6}, seed=0), observe(metrics, seed=1)], "iou")

    assert (cell.value, cell.n, cell.missing) == (0.6, 1, 1)


def test_cell_says_what_became_of_missing_trials() -> None:
    seen = [observe(None, state=State.FAILED, seed=0), observe(None, seed=1), observe({}, seed=2)]

    assert measure(seen, "iou").reasons == (("failed", 1), ("waiting", 1), ("without iou", 1))


def test_cell_says_of_a_finished_trial_what_it_gave_instead_of_a_number() -> None:
    seen = [observe({"iou": value}, seed=seed) for seed, value in enumerate((math.nan, math.inf, 0.5))]

    assert measure(seen, "iou").reasons == (("with iou = nan", 1), ("with iou = inf", 1))


def test_value_that_the_scale_makes_too_large_is_missing() -> None:
    cell = measure([observe({"iou": 1e307}, seed=0), observe({"iou": 0.5}, seed=1)], "iou", scale=100)

    assert (cell.value, cell.reasons) == (50.0, (("too large", 1),))


def test_reasons_are_counted_per_combined_value() -> None:
    seen = [observe(None, a=a, seed=0, state=State.FAILED) for a in (1, 2)]

    assert measure(seen, "iou", combine={"a": "sum"}).reasons == (("failed", 1),)


def test_two_axes_are_folded_each_in_its_way() -> None:
    seen = [observe({"iou": 10.0 * a + b}, a=a, b=b) for a in (1, 2) for b in (0, 4)]

    assert measure(seen, "iou", combine={"a": "sum", "b": "mean"}).value == 34.0


def test_quantity_says_what_was_combined() -> None:
    cell = measure([observe({"iou": 1.0}, a=a) for a in (1, 2)], "iou", combine={"a": "mean"})

    assert quantity(cell) == "iou (mean over a)"


def test_cell_without_trials_is_empty() -> None:
    assert measure([], "iou").value is None


def test_cell_names_its_trials() -> None:
    one = observe({"iou": 0.6}, seed=0)

    assert measure([one], "iou").trials == (one.trial.id,)


@pytest.mark.parametrize(("metric", "shared"), [("timing_hours", 1), ("iou", 0)])
def test_times_of_trials_that_shared_their_worker_are_counted(metric: str, shared: int) -> None:
    alone, beside = observe({metric: 0.6}, seed=0), observe({metric: 0.9}, seed=1)

    assert measure([alone, replace(beside, sharers=4)], metric).shared == shared


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (7079424, 0, "7,079,424"),
        (0.66, 3, "0.660"),
        (0.00012345, None, "0.0001234"),
        (7079424.0, None, "7,079,424"),
    ],
)
def test_shown(value: float, digits: int | None, text: str) -> None:
    assert shown(value, digits) == text


def test_header_levels_span_equal_groups() -> None:
    columns = (("LFW", "Hair"), ("LFW", "No hair"), ("Mean",))
    table = Table(id="t", title="t", stage="s", columns=columns, rows=(Row(path=("r",), cells=()),))

    assert header_levels(table) == [[("LFW", 2), ("", 1)], [("Hair", 1), ("No hair", 1), ("Mean", 1)]]
