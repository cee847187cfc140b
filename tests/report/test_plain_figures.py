from typing import Any

from orchestrator.report.figures.curves import curves
from orchestrator.report.figures.definitions import CurvesDefinition
from orchestrator.report.plain_figures import logged, plain_figures
from orchestrator.report.plain_stage import plain_stage
from orchestrator.report.selection import Observation
from tests.observations import gather, observe


def figures(*seen: Observation, metrics: tuple[str, ...] = ("loss",)) -> list[CurvesDefinition]:
    return plain_figures(plain_stage("segment", gather(*seen), {}), metrics)


def grid(**axes: Any) -> list[Observation]:
    found: list[dict[str, Any]] = [{}]
    for axis, values in axes.items():
        found = [{**one, axis: value} for one in found for value in values]
    return [observe({"loss": float(place)}, **one) for place, one in enumerate(found)]


def test_what_is_logged_at_several_steps_can_be_drawn() -> None:
    assert logged({0: {"loss": 1.0, "once": 1.0}, 1: {"loss": 0.5}}) == ["loss"]


def test_a_curve_stands_for_a_setting() -> None:
    (figure,) = figures(*grid(lr=[1, 2], net=["a", "b"], seed=[0, 1]))

    assert (figure.series, figure.title) == (["lr", "net"], "loss of segment by lr, net")


def test_further_axes_are_held_where_the_best_trial_is() -> None:
    (figure,) = figures(*grid(net=["a", "b"], lr=[1, 2], size=[8, 9]))

    assert (figure.series, figure.where) == (["net", "lr"], {"size": 8})
    assert figure.title.endswith(", size = 8")


def test_no_more_curves_are_drawn_than_can_be_told_apart() -> None:
    (figure,) = figures(*grid(net=["a", "b", "c"], lr=[1, 2, 3, 4]))

    assert (figure.series, figure.where) == (["net"], {"lr": 1})


def test_an_axis_of_too_many_values_has_no_figure() -> None:
    assert figures(*grid(lr=[*range(9)])) == []


def test_seeds_are_lines_of_one_curve() -> None:
    assert figures(*grid(lr=[1], seed=[0, 1]))[0].series == ["lr"]


def test_trials_without_an_axis_have_a_curve() -> None:
    seen = observe({"loss": 0.5})
    (figure,) = figures(seen)

    drawn = curves(figure, gather(seen, history=lambda _: {0: {"loss": 1.0}, 1: {"loss": 0.5}}))

    assert [(one.label, len(one.lines)) for one in drawn.series] == [("segment", 1)]


def test_of_many_metrics_the_two_are_drawn_that_tell_most() -> None:
    seen = grid(lr=[1, 2])

    assert [one.metric for one in figures(*seen, metrics=("n", "train_acc", "loss"))] == ["loss", "train_acc"]
