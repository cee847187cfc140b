import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.definitions import EpochsToDefinition
from orchestrator.report.figures.epochs_to import EpochsTo, Reached, epochs_to, epochs_to_chart
from orchestrator.report.selection import Observation
from tests.observations import gather, observe
from tests.report.figures.plain_figures import SEEN, WAITING, figure, logged, trials


def shown(*seen: Observation, **changes: object) -> EpochsTo:
    definition = figure("epochs_to", **changes)
    assert isinstance(definition, EpochsToDefinition)
    return epochs_to(definition, trials(*seen))


def test_the_first_step_at_the_score_is_found() -> None:
    found = {(one.row, one.column): [step for step, _ in one.steps] for one in shown().groups}

    assert found[("large", "0.1")] == [4, 4, 4]
    assert found[("small", "0.01")] == []


def test_those_that_never_reach_it_are_counted_and_told() -> None:
    found = shown()

    assert [one.never for one in found.groups] == [3, 2, 3, 0]
    assert "8 of 12 trials never reach it, counted above the points." in found.notes
    assert "8 of 12 trials never reach it." in epochs_to_chart(found)["says"]


def test_an_unfinished_trial_may_still_reach_it() -> None:
    found = shown(*SEEN, WAITING)

    assert found.groups[0].waiting == 1
    assert "1 of 13 trials are not finished and have not reached it yet." in found.notes


def test_a_score_may_be_reached_from_above() -> None:
    found = shown(reaches=0.2, better="lower")

    assert {step for one in found.groups for step, _ in one.steps} == {0}


@pytest.mark.parametrize(("never", "median"), [(0, 3), (1, 4), (2, 5), (3, None), (4, None)])
def test_those_that_never_reach_it_are_the_latest_in_the_median(never: int, median: float | None) -> None:
    steps = ((1, "a"), (3, "b"), (5, "c"))

    assert Reached(row="r", column="c", steps=steps, never=never).median == median


def test_a_metric_that_nobody_logged_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFoundError, match="no finished trial has logged `accc`") as told:
        shown(metric="accc")

    assert told.value.hint == "did you mean `acc`?"


def test_trials_that_logged_nothing_are_told() -> None:
    silent = observe({"acc": 0.9}, "train", net="small", lr=0.1, seed=9)
    found = epochs_to(figure("epochs_to"), gather(*SEEN, silent, history=logged))  # type: ignore[arg-type]

    assert "1 of 13 trials have logged nothing of it." in found.notes
