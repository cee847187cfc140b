import math
from typing import Any

import pytest
from pydantic import ValidationError

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.curves import Series, curves
from orchestrator.report.figures.definitions import CurvesDefinition
from orchestrator.study.trial import Trial
from tests.observations import gather, observe

SEEN = [observe({}, pretrain=name, hair=hair) for name in ("control", "gender") for hair in (True, False)]


def figure(**changes: Any) -> CurvesDefinition:
    given = {"id": "f", "title": "F", "stage": "segment", "metric": "iou", "series": ["pretrain", "hair"]}
    return CurvesDefinition.model_validate(given | changes)


def history(_: Trial) -> dict[int, dict[str, float]]:
    return {0: {"iou": 0.1}, 1: {"iou": 0.2, "loss": 3.0}}


def test_one_series_per_combination() -> None:
    drawn = curves(figure(), gather(*SEEN, history=history))

    assert [series.label for series in drawn.series] == [
        "control, Hair",
        "control, No hair",
        "gender, Hair",
        "gender, No hair",
    ]


def test_colour_follows_the_first_axis_and_dash_the_second() -> None:
    drawn = curves(figure(where={"hair": False}), gather(*SEEN, history=history))

    assert [(series.color, series.dash) for series in drawn.series] == [(0, 1), (1, 1)]


def test_steps_without_the_metric_are_passed_over() -> None:
    drawn = curves(figure(metric="loss"), gather(SEEN[0], history=history))

    assert drawn.series[0].lines == (((1, 3.0),),)


BOTH = {"metric": None, "metrics": {"iou": "Overlap", "loss": "Loss"}}


def test_several_metrics_have_a_colour_each_and_the_axis_is_the_dash() -> None:
    drawn = curves(figure(**BOTH, series=["hair"]), gather(*SEEN[:2], history=history))

    assert [(series.label, series.color, series.dash) for series in drawn.series] == [
        ("Overlap, Hair", 0, 0),
        ("Loss, Hair", 1, 0),
        ("Overlap, No hair", 0, 1),
        ("Loss, No hair", 1, 1),
    ]


def test_several_metrics_of_one_trial_need_no_axis() -> None:
    drawn = curves(figure(**BOTH, series=[]), gather(SEEN[0], history=history))

    assert [(series.label, series.lines) for series in drawn.series] == [
        ("Overlap", (((0, 0.1), (1, 0.2)),)),
        ("Loss", (((1, 3.0),),)),
    ]
    assert drawn.definition.quantity == "Overlap, Loss"


def test_an_unfinished_trial_with_several_curves_is_counted_once() -> None:
    drawn = curves(figure(**BOTH, series=[]), gather(observe(None, hair=False), history=history))

    assert drawn.notes == ("1 of 1 trials are not finished.",)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"metric": None}, "give `metric`, or several"),
        ({"metrics": {"iou": "Overlap"}}, "give `metric`, or several"),
        ({"series": []}, "no lines: give `series`"),
        (BOTH, "`metrics` have a colour each"),
    ],
)
def test_a_figure_that_says_too_little_or_too_much_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        figure(**given)


def test_mean_ends_where_the_first_seed_ends() -> None:
    series = Series(label="s", color=0, dash=0, lines=(((0, 1.0), (1, 2.0)), ((0, 3.0),)), trials=())

    assert series.mean() == ((0, 2.0),)


def test_unfinished_trials_are_counted() -> None:
    drawn = curves(
        figure(series=["hair"]), gather(observe({}, hair=True), observe(None, hair=False), history=history)
    )

    assert drawn.notes == ("1 of 2 trials are not finished.",)


def test_values_that_are_not_finite_are_gaps_and_told() -> None:
    drawn = curves(figure(), gather(*SEEN, history=lambda _: {0: {"iou": 0.1}, 1: {"iou": math.nan}}))

    assert drawn.notes == ("Gaps: in 4 of 4 curves values are not finite.",)


def test_metric_nobody_logged_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no trial has logged `accuracy` yet"):
        curves(figure(metric="accuracy"), gather(*SEEN, history=history))


def test_curve_of_trials_that_differ_is_refused() -> None:
    with pytest.raises(NotFoundError, match="2 trials differ in `hair`"):
        curves(figure(series=["pretrain"]), gather(*SEEN, history=history))
