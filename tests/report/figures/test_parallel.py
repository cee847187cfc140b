import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.definitions import ParallelDefinition
from orchestrator.report.figures.parallel import Parallel, parallel, parallel_figure_chart
from orchestrator.report.selection import Observation
from tests.report.figures.plain_figures import SEEN, WAITING, figure, trials


def shown(*seen: Observation, **changes: object) -> Parallel:
    definition = figure("parallel", **changes)
    assert isinstance(definition, ParallelDefinition)
    return parallel(definition, trials(*seen))


def test_a_setting_is_a_line_and_ends_at_its_mean() -> None:
    found = shown().lines

    assert [axis.name for axis in found.axes] == ["net", "lr", "acc"]
    assert [round(value, 6) for value in found.values] == [0.51, 0.61, 0.71, 0.81]


def test_of_a_loss_the_least_is_the_best_and_last() -> None:
    assert shown(metric="loss").lines.values[-1] == pytest.approx(0.7)


def test_the_few_numbers_of_a_grid_stand_side_by_side() -> None:
    assert shown().lines.axes[1].listed == (0.01, 0.1)


def test_the_best_line_is_said() -> None:
    assert "The best ends at 0.81: net large, lr 0.1." in parallel_figure_chart(shown())["says"]


def test_trials_without_the_metric_are_told() -> None:
    assert "1 of 13 trials have no acc and no part in it." in shown(*SEEN, WAITING).notes


def test_a_name_that_is_neither_axis_nor_parameter_is_told() -> None:
    with pytest.raises(NotFoundError, match="no trial has an axis or a parameter `nets`"):
        shown(over=["nets"])
