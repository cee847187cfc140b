import math
from typing import Any

import pytest

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
