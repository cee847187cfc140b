import pytest

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.confusion import Confusion, confusion, confusion_chart
from orchestrator.report.figures.counts import Counts
from orchestrator.report.figures.definitions import ConfusionDefinition
from orchestrator.report.selection import Observation
from tests.observations import observe
from tests.report.figures.plain_figures import ANSWERS, SEEN, figure, trials


def shown(*seen: Observation, counts: Counts | None = ANSWERS, **changes: object) -> Confusion:
    definition = figure("confusion", **changes)
    assert isinstance(definition, ConfusionDefinition)
    return confusion(definition, trials(*seen, counts=counts))


def test_counts_are_summed_over_seeds() -> None:
    panel = shown().panels[0]

    assert (panel.label, panel.trials, panel.counts.rows) == ("small", 3, ((24, 6), (3, 27)))


def test_what_is_right_and_the_most_frequent_mistake_are_said() -> None:
    says = confusion_chart(shown())["says"]

    assert says.endswith("large: 85.0 % right; most often wrong: cat answered as dog (20.0 %).")


def test_trials_without_counts_are_told() -> None:
    waiting = observe(None, "train", net="small", lr=0.1, seed=9)

    assert "1 of 7 trials have no part in it (1 waiting)." in shown(*SEEN, waiting).notes


def test_trials_that_differ_in_more_than_seeds_are_not_summed() -> None:
    with pytest.raises(NotFoundError, match="6 trials differ in `lr`"):
        shown(where={})


def test_a_task_that_leaves_no_counts_is_told_with_what_to_do() -> None:
    with pytest.raises(NotFoundError, match=r"no trial of stage `train` has left `confusion.csv`") as told:
        shown(counts=None)

    assert "`submit --fresh train` trains again" in str(told.value.hint)
