from typing import Any

import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.plain_stage import PlainStage, best_trial, plain_stage
from orchestrator.report.selection import Observation
from tests.observations import gather, observe


def plain(*seen: Observation, **told: Any) -> PlainStage:
    return plain_stage("segment", gather(*seen), told)


def two(*metrics: dict[str, float]) -> PlainStage:
    return plain(*(observe(one, lr=place) for place, one in enumerate(metrics)))


def test_trials_that_differ_in_the_seed_alone_are_one_setting() -> None:
    found = plain(*(observe({"iou": 0.5}, hair=hair, seed=seed) for hair in (True, False) for seed in (0, 1)))

    assert (found.axes, [*found.groups]) == (("hair",), [("Hair",), ("No hair",)])


@pytest.mark.parametrize(("value", "text"), [("1", '"1"'), (True, "true")])
def test_values_that_look_alike_are_kept_apart(value: object, text: str) -> None:
    assert [*plain(*(observe({"iou": 0.5}, x=one) for one in (1, value))).groups] == [("1",), (text,)]


def test_a_trial_without_the_axis_has_a_row_too() -> None:
    assert [*plain(observe({"iou": 0.5}, x=1), observe({"iou": 0.5})).groups] == [("1",), ("-",)]


def test_metrics_with_one_value_are_worth_no_column() -> None:
    found = two({"iou": 0.5, "images": 9}, {"iou": 0.6, "images": 9})

    assert (found.metrics, found.same) == (("iou",), {"images": 9})


def test_the_metric_that_a_stage_is_about_always_has_a_column() -> None:
    assert two({"iou": 0.5, "n": 1}, {"iou": 0.5, "n": 2}).metrics == ("iou", "n")


def test_a_metric_of_one_result_has_a_column() -> None:
    assert two({"iou": 0.5, "n": 1}, {"iou": 0.6}).metrics == ("iou", "n")


def test_times_are_worth_no_column() -> None:
    found = two({"iou": 0.5, "timing_hours": 1.1}, {"iou": 0.6, "timing_hours": 1.2})

    assert (found.metrics, found.times) == (("iou",), ("timing_hours",))


def test_where_nothing_else_is_there_times_have_columns() -> None:
    assert two({"timing_hours": 1.1}, {"timing_hours": 1.2}).metrics == ("timing_hours",)


def test_what_can_be_better_stands_first_validation_before_training() -> None:
    found = two(*({"n": n, "train_loss": n, "test_acc": n, "val_acc": n} for n in (1, 2)))

    assert found.metrics == ("val_acc", "test_acc", "train_loss", "n")


def test_a_stage_without_a_metric_is_told() -> None:
    with pytest.raises(NotFoundError, match="no trial of stage `segment` has a result with a metric yet"):
        plain(observe(None, hair=True))


def test_the_best_trial_is_that_of_the_direction() -> None:
    best = best_trial(two({"iou": 0.5}, {"iou": 0.6}))

    assert best is not None
    assert best.trial.axes == {"lr": 1}


def test_a_value_that_is_not_finite_is_never_best() -> None:
    best = best_trial(two({"loss": 0.5}, {"loss": float("-inf")}))

    assert best is not None
    assert best.trial.axes == {"lr": 0}
