from orchestrator.report.searches.budget import budget_used, budget_warnings
from tests.report.searches.plain_search import outcome, searched

SEARCH = searched(
    outcome(1, 0.3, steps=10, seconds=20.0, gpus=2),
    outcome(2, state="pruned", steps=4, seconds=8.0, gpus=2),
    outcome(3, state="failed", seconds=1.0, gpus=2),
)


def test_what_was_used_is_counted() -> None:
    used = budget_used(SEARCH)

    assert (used.answers, used.finished, used.pruned, used.failed) == (3, 1, 1, 1)
    assert (used.steps, used.seconds, used.gpu_seconds) == (14, 29.0, 58.0)


def test_pruning_saves_what_the_longest_finished_trained_more() -> None:
    used = budget_used(SEARCH)

    assert (used.steps_saved, used.seconds_saved) == (6, 12.0)


def test_without_steps_nothing_is_said_to_be_saved() -> None:
    used = budget_used(searched(outcome(1, 0.3), outcome(2, state="pruned")))

    assert (used.steps_saved, used.seconds_saved) == (0, 0.0)


def test_points_with_other_budgets_are_told() -> None:
    one = searched(outcome(1, 0.3), axes={"encoder": "vgg16"})
    two = searched(outcome(1, 0.3), outcome(2, 0.3), axes={"encoder": "resnet50"})

    assert budget_warnings([one, two]) == [
        "Budgets differ: 1 answers at encoder=vgg16, 2 at encoder=resnet50."
    ]


def test_equal_budgets_are_not_told() -> None:
    one, two = (searched(outcome(1, 0.3), axes={"encoder": name}) for name in ("vgg16", "resnet50"))

    assert budget_warnings([one, two]) == []
