from orchestrator.report.searches.outcome import ShownAnswer, best_outcomes, front
from orchestrator.study.objective import Objective
from tests.report.searches.plain_search import LOSS, SIZE, outcome, searched

TWO = searched(
    outcome(1, 3.0, 1.0),
    outcome(2, 1.0, 3.0),
    outcome(3, 2.0, 3.0),  # worse than 2
    outcome(4, 2.0, 2.0),
    outcome(5, 1.0, 3.0),  # as 2
    outcome(6, state="failed"),
    objectives=(LOSS, SIZE),
)


def numbers(found: list[ShownAnswer]) -> list[int]:
    return [one.number for one in found]


def test_the_best_is_the_first_of_equals() -> None:
    assert numbers(best_outcomes(searched(outcome(1, 0.3), outcome(2, 0.1), outcome(3, 0.1)))) == [2]


def test_more_may_be_better() -> None:
    found = searched(outcome(1, 0.3), outcome(2, 0.1), objectives=(Objective(maximize="acc"),))

    assert numbers(best_outcomes(found)) == [1]


def test_nothing_finished_has_no_best() -> None:
    assert best_outcomes(searched(outcome(1), outcome(2, state="pruned"))) == []


def test_the_front_has_all_that_none_is_better_than() -> None:
    assert numbers(front(TWO)) == [2, 4, 1]


def test_the_front_may_be_of_one_that_grows_and_one_that_falls() -> None:
    found = searched(
        outcome(1, 0.9, 5.0),
        outcome(2, 0.8, 5.0),
        outcome(3, 0.8, 2.0),
        objectives=(Objective(maximize="acc"), SIZE),
    )

    assert numbers(best_outcomes(found)) == [1, 3]


def test_names_are_those_that_answers_have_in_the_order_of_the_space() -> None:
    found = searched(outcome(1, 0.3, params={"momentum": 0.9, "optimizer": "sgd", "lr": 0.1}))

    assert found.names == ["lr", "optimizer", "momentum"]


def test_a_search_is_over_once_nothing_runs_and_none_is_left() -> None:
    assert searched(outcome(1, 0.3)).is_over
    assert not searched(outcome(1, 0.3), outcome(2)).is_over
    assert not searched(outcome(1, 0.3), planned=2).is_over
