import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.study.objective import Objective
from orchestrator.study.searches.pareto import improves, pareto_front

LOSS, SPEED = Objective(minimize="loss"), Objective(maximize="speed")
BOTH = (LOSS, SPEED)
SMALL = st.integers(0, 4).map(float)


def test_what_another_beats_is_not_in_front() -> None:
    assert pareto_front([(1.0, 5.0), (2.0, 6.0), (2.0, 5.0)], BOTH) == [0, 1]


def test_equal_values_are_in_front_together() -> None:
    assert pareto_front([(1.0, 5.0), (1.0, 5.0)], BOTH) == [0, 1]


def test_nothing_is_in_front_of_nothing() -> None:
    assert pareto_front([], BOTH) == []


@given(st.lists(st.tuples(SMALL, SMALL, SMALL), max_size=8))
def test_the_front_is_all_that_nothing_beats(values: list[tuple[float, ...]]) -> None:
    def beats(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
        return one != other and one[0] <= other[0] and one[1] >= other[1] and one[2] <= other[2]

    unbeaten = [place for place, own in enumerate(values) if not any(beats(one, own) for one in values)]

    assert pareto_front(values, (LOSS, SPEED, LOSS)) == unbeaten


@pytest.mark.parametrize(
    ("values", "better"),
    [((1.0, 5.0), False), ((0.9, 5.0), True), ((1.0, 6.0), True), ((9.0, 9.0), True), ((9.0, 5.0), False)],
)
def test_better_in_one_objective_is_better(values: tuple[float, ...], better: bool) -> None:
    assert improves(values, [(1.0, 5.0)], BOTH) is better
