from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.joins import check_joins
from orchestrator.study.objective import Best, Objective
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage

NEED = Edge(name="n", stage="a")


def stage(name: str, *points: dict[str, Any], needs: tuple[Edge, ...] = ()) -> Stage:
    """Return a stage of which the axis `k` is no parameter."""
    found = tuple(
        Point(axes=axes, seed=0, params={"of": name, **axes} if "k" not in axes else {"of": name})
        for axes in points
    )
    return Stage(name=name, task="t", version=1, shape=Shape(), points=found, needs=needs)


def told(*stages: Stage, unsound: str = "") -> list[str]:
    problems = Problems(lambda _: "")
    check_joins(stages, {each.name: each.name != unsound for each in stages}, problems)
    return [f"{problem.path}: {problem.message}" for problem in problems.found]


X, Y = {"net": "x"}, {"net": "y"}
NONE = "stages.b.needs.n: point {net: y} joins no trial of `a`"
MANY = "stages.b.needs.n: point {} joins 2 trials of `a`"


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        (stage("a", X, Y), stage("b", X, Y, needs=(NEED,)), []),
        (stage("a", X), stage("b", X, Y, needs=(NEED,)), [NONE]),
        (stage("a", X, Y), stage("b", {}, needs=(NEED,)), [MANY]),
        (
            stage("a", X, Y),
            stage("b", {}, needs=(NEED.model_copy(update={"best": Best(minimize="loss")}),)),
            [],
        ),
        (stage("a", X), stage("b", X, Y, needs=(NEED.model_copy(update={"when": X}),)), []),
    ],
    ids=["one each", "none", "many", "the best of many", "not needed by all"],
)
def test_every_need_joins_one_trial(first: Stage, then: Stage, found: list[str]) -> None:
    assert told(first, then) == found


def test_further_points_that_join_none_are_counted() -> None:
    then = stage("b", Y, {"net": "z"}, needs=(NEED,))

    assert told(stage("a", X), then) == [NONE.replace("} joins", "} (and 1 more) joins")]


@pytest.mark.parametrize("other", [1, 2], ids=["the same point", "another point"])
def test_two_points_that_are_one_trial_are_told(other: int) -> None:
    assert told(stage("a", {"k": 1}, {"k": other})) == [
        f"stages.a: duplicate trial: points {{k: 1}} and {{k: {other}}} are the same trial"
    ]


def test_points_that_need_different_trials_are_different() -> None:
    then = stage("b", {"net": "x", "k": 1}, {"net": "y", "k": 1}, needs=(NEED,))

    assert told(stage("a", X, Y), then) == []


def test_nothing_is_told_of_what_rests_on_a_stage_that_is_not_sound() -> None:
    assert told(stage("a", X), stage("b", X, Y, needs=(NEED,)), unsound="a") == []


def best(name: str, stage: str, *inherits: str, **rest: Any) -> Edge:
    return Edge(name=name, stage=stage, best=Best(minimize="loss"), inherits=inherits, **rest)


@pytest.mark.parametrize(
    ("needs", "found"),
    [
        (
            (best("n", "a", "net"), best("m", "c", "net")),
            ["stages.b.needs.m: `n` and `m` both hand on `net`"],
        ),
        ((best("n", "a", "net"), best("m", "c")), []),
        ((best("n", "a", "net"), best("m", "a", "net")), []),
        (
            (best("n", "a", "k"), best("m", "c", "k")),
            ["stages.b.needs.n: the best of `a` cannot hand on `k`: its task does not take that"],
        ),
        ((best("n", "a", "net", when={"j": 1}), best("m", "c", "net", when={"j": 2})), []),
    ],
    ids=["both", "one", "the same trial", "what no trial has", "never together"],
)
def test_two_needs_that_hand_on_one_parameter_are_told(needs: tuple[Edge, ...], found: list[str]) -> None:
    assert told(stage("a", X, Y), stage("c", X, Y), stage("b", {"j": 1}, {"j": 2}, needs=needs)) == found


SEEDS = ({**X, "seed": 0}, {**X, "seed": 1}, {**Y, "seed": 0}, {**Y, "seed": 1})


def test_one_is_not_said_to_be_true() -> None:
    problems = Problems(lambda _: "")
    stages = (stage("a", {"f": True, "g": 2}), stage("b", {"f": 1, "g": 2}, needs=(NEED,)))
    check_joins(stages, {"a": True, "b": True}, problems)

    assert "`a` has no point with {f: 1}" in (problems.found[0].hint or "")


UNEVEN = "stages.b.needs.n: means over `seed` cannot be compared: "


@pytest.mark.parametrize(
    ("trained", "seed", "found"),
    [
        (SEEDS, 0, []),
        (SEEDS, 2, ["stages.b.needs.n: point {seed: 2} wants the best of `a`, which has no trial there"]),
        (SEEDS[:3], 0, [UNEVEN + "`a` has {net: x, seed: 1}, but not {net: y, seed: 1}"]),
        ((SEEDS[0], SEEDS[3]), 0, [UNEVEN + "`a` has {net: x, seed: 0}, but not {net: y, seed: 0}"]),
        ((SEEDS[0], SEEDS[2]), 0, []),
    ],
    ids=["even", "another seed", "one lacks a seed", "zipped", "one seed"],
)
def test_settings_are_compared_over_the_same_seeds(
    trained: tuple[dict[str, Any], ...], seed: int, found: list[str]
) -> None:
    mean = NEED.model_copy(update={"best": Best(minimize="loss", mean=["seed"])})

    assert told(stage("a", *trained), stage("b", {"seed": seed}, needs=(mean,))) == found


ALL = NEED.model_copy(update={"all": ("seed",)})
LOOSE = "stages.b.needs.n.all: point {} joins trials of `a` that differ in `net` too"


@pytest.mark.parametrize(
    ("point", "need", "found"),
    [
        (X, {}, []),
        ({**X, "seed": 1}, {}, []),
        ({}, {}, [LOOSE]),
        ({}, {"where": X}, []),
        ({}, {"all": ("net", "seed")}, []),
        ({"net": "z"}, {}, ["stages.b.needs.n: point {net: z} joins no trial of `a`"]),
        (
            {"net": "z"},
            {"where": {"net": "${net}"}},
            ["stages.b.needs.n.where.net: point {net: z} joins no trial of `a`"],
        ),
        (X, {"require": 2}, []),
        (X, {"require": 3}, ["stages.b.needs.n.require: 3 trials are required, and point {net: x} has 2"]),
    ],
    ids=[
        "joined on the rest",
        "own axis",
        "an axis left",
        "where",
        "both",
        "none",
        "none where",
        "enough",
        "more",
    ],
)
def test_what_is_gathered_is_joined_on_all_other_axes(
    point: dict[str, Any], need: dict[str, Any], found: list[str]
) -> None:
    then = stage("b", point, needs=(ALL.model_copy(update=need),))

    assert told(stage("a", *SEEDS), then) == found


def test_a_search_has_as_many_trials_as_it_asks_for() -> None:
    search = Search(trials=5, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))
    sweep = stage("a", {}).model_copy(update={"search": search})
    five = NEED.model_copy(update={"all": ("lr",), "require": 5})

    assert told(sweep, stage("b", {}, needs=(five,))) == []


def test_points_that_gather_the_same_trials_are_told() -> None:
    then = stage("b", {"k": 1, "seed": 0}, {"k": 1, "seed": 1}, needs=(ALL.model_copy(update={"where": X}),))
    same = then.model_copy(
        update={"points": tuple(point.model_copy(update={"params": {}}) for point in then.points)}
    )

    assert told(stage("a", *SEEDS), same) == [
        "stages.b: duplicate trial: points {k: 1, seed: 0} and {k: 1, seed: 1} are the same trial"
    ]


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [({}, {}, []), (X, Y, ["stages.b.needs.m: `n` and `m` both hand on `net`"])],
    ids=["the same best", "the best of others"],
)
def test_the_best_of_two_places_hands_on_different_values(
    first: dict[str, Any], second: dict[str, Any], found: list[str]
) -> None:
    needs = (best("n", "a", "net", where=first), best("m", "a", "net", where=second))

    assert told(stage("a", X, Y), stage("b", {}, needs=needs)) == found


@pytest.mark.parametrize(("require", "found"), [(10, []), (11, ["point {net: x} has 10"])])
def test_each_seed_of_a_search_counts_for_what_is_required(require: int, found: list[str]) -> None:
    search = Search.model_validate(
        {"trials": 5, "seeds": 2, "space": {"lr": [1, 2]}, "objective": {"minimize": "loss"}}
    )
    sweep = stage("a", X).model_copy(update={"search": search})
    need = NEED.model_copy(update={"all": ("lr", "seed"), "require": require})
    wrong = told(sweep, stage("b", X, needs=(need,)))

    assert [one.partition("and ")[2] for one in wrong] == found


def test_a_point_with_another_seed_may_need_the_best_of_a_search_with_seeds() -> None:
    search = Search.model_validate(
        {"trials": 5, "seeds": 2, "space": {"lr": [1, 2]}, "objective": {"minimize": "loss"}}
    )
    sweep = stage("a", X).model_copy(update={"search": search})
    best = Best(minimize="loss", mean=["seed"])
    need = NEED.model_copy(update={"best": best, "searched": True})

    assert told(sweep, stage("b", {"net": "x", "seed": 9}, needs=(need,))) == []
