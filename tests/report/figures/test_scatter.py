import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.definitions import ScatterDefinition
from orchestrator.report.figures.scatter import Scatter, scatter
from orchestrator.report.selection import Observation
from tests.report.figures.plain_figures import SEEN, WAITING, figure, trials


def shown(*seen: Observation, **changes: object) -> Scatter:
    definition = figure("scatter", **changes)
    assert isinstance(definition, ScatterDefinition)
    return scatter(definition, trials(*seen))


def test_a_trial_is_a_point_and_an_axis_its_colour() -> None:
    first, second = shown().clouds

    assert (first.label, first.color, len(first.points)) == ("small", 0, 6)
    assert (second.label, second.color) == ("large", 1)
    assert first.points[0][:2] == (1.0, 50.0)


def test_a_point_may_be_the_mean_of_a_setting() -> None:
    found = shown(aggregate=["seed"])

    assert [round(point[1], 6) for point in found.clouds[0].points] == [51.0, 61.0]
    assert found.notes == ("A point for each setting: the mean over seed.",)


def test_a_side_may_be_a_parameter() -> None:
    assert {point[0] for one in shown(x="lr").clouds for point in one.points} == {0.01, 0.1}


def test_trials_without_a_point_are_told() -> None:
    assert "1 of 13 trials have no point (1 waiting)." in shown(*SEEN, WAITING).notes


def test_a_name_that_is_neither_metric_nor_parameter_is_told() -> None:
    with pytest.raises(NotFoundError, match="no trial has a metric or a parameter `los`") as told:
        shown(x="los")

    assert told.value.hint == "did you mean `loss`?"
