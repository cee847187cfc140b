from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from orchestrator.messages.problems import Problems
from orchestrator.study.sample import Sample, sampled

READ: TypeAdapter[Any] = TypeAdapter(Sample)
GRID = [{"lr": lr, "width": width} for lr in range(10) for width in range(10)]
COUNTS = st.integers(1, 100)


def drawn(points: list[dict[str, Any]], sample: Any) -> list[dict[str, Any]]:
    """Return the points of a sample that has nothing wrong."""
    problems = Problems(lambda _: "")
    found = sampled(points, READ.validate_python(sample), ("stages", "s"), problems)
    assert not problems.found
    return found


@given(COUNTS)
def test_so_many_points_are_drawn_in_their_order(count: int) -> None:
    turned = GRID[::-1]
    found = drawn(turned, count)

    assert len(found) == count
    assert [point for point in turned if point in found] == found


@given(COUNTS, COUNTS)
def test_a_larger_sample_holds_the_smaller_one(one: int, other: int) -> None:
    small, large = sorted((one, other))

    assert all(point in drawn(GRID, large) for point in drawn(GRID, small))


@given(COUNTS, st.randoms(use_true_random=False))
def test_neither_the_order_of_points_nor_that_of_axes_matters(count: int, chance: Any) -> None:
    turned = [dict(reversed(point.items())) for point in GRID]
    chance.shuffle(turned)

    assert all(point in GRID for point in drawn(turned, count))
    assert all(point in drawn(turned, count) for point in drawn(GRID, count))


@given(st.integers(1, 30))
def test_a_longer_axis_changes_no_more_than_it_adds(count: int) -> None:
    longer = [*GRID, *({"lr": 10, "width": width} for width in range(10))]
    before, after = drawn(GRID, count), drawn(longer, count)

    assert all(point in before or point["lr"] == 10 for point in after)


def test_the_sample_is_the_same_everywhere_and_for_ever() -> None:
    assert drawn(GRID, 3) == [{"lr": 3, "width": 1}, {"lr": 4, "width": 7}, {"lr": 6, "width": 0}]


def test_another_seed_draws_others() -> None:
    assert drawn(GRID, {"points": 3, "seed": 1}) != drawn(GRID, 3)


def test_a_setting_is_drawn_with_all_its_seeds() -> None:
    seeds = [{**point, "seed": seed} for seed in (0, 1) for point in GRID]
    found = drawn(seeds, 3)

    assert [point for point in found if point["seed"] == 0] == [{**one, "seed": 0} for one in drawn(GRID, 3)]
    assert len(found) == 6


def test_one_and_one_point_nought_are_the_same_value() -> None:
    floats = [{"lr": float(point["lr"]), "width": [point["width"]]} for point in GRID]
    whole = [{"lr": point["lr"], "width": [float(point["width"])]} for point in GRID]

    assert drawn(floats, 5) == drawn(whole, 5)


def test_fewer_settings_than_are_to_be_drawn_are_told() -> None:
    problems = Problems(lambda _: "")
    sampled(GRID, READ.validate_python(101), ("stages", "s"), problems)
    (problem,) = problems.found

    assert problem.path == "stages.s.sample"
    assert problem.message == "101 settings are to be drawn, and the stage has 100"
