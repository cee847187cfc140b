from typing import Any

import pytest

from orchestrator.drill.sample import ANSWERS, COMPARED, sample
from orchestrator.study.objective import Best
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study


def points(*axes: dict[str, Any], missing: tuple[str, ...] = ()) -> tuple[Point, ...]:
    return tuple(Point(axes=one, seed=one.get("seed", 0), params=one, missing=missing) for one in axes)


def stage(name: str, *given: Point, **more: Any) -> Stage:
    return Stage(name=name, task="t", version=1, shape=Shape(), points=given, **more)


GRID = [{"lr": lr, "seed": seed} for lr in (1, 2, 3) for seed in (0, 1)]
CHAIN = Study(
    name="s",
    stages=(
        stage("data", *points({"seed": 0}, {"seed": 1})),
        stage("train", *points(*GRID), needs=(Edge(name="data", stage="data", when={"lr": [2, 3]}),)),
        stage("use", *points(*reversed(GRID)), needs=(Edge(name="source", stage="train"),)),
    ),
)


def axes_of(study: Study, name: str) -> list[dict[str, Any]]:
    return [point.axes for point in study.stage(name).points]


def test_one_trial_of_each_stage_is_kept() -> None:
    small = sample(CHAIN, 1)

    assert [len(one.points) for one in small.stages] == [1, 1, 1]


def test_what_is_kept_can_be_expanded_whole() -> None:
    plan = expand(sample(CHAIN, 2), Known())

    assert not plan.undecided
    assert len(plan.of("use")) == 2


def test_a_need_is_kept_with_the_point_that_wants_it() -> None:
    small = sample(CHAIN, 1)

    assert axes_of(small, "train") == axes_of(small, "use")


def test_the_point_with_most_needs_comes_first() -> None:
    small = sample(CHAIN.model_copy(update={"stages": CHAIN.stages[:2]}), 1)

    assert axes_of(small, "train") == [{"lr": 2, "seed": 0}]


def test_a_point_without_its_data_comes_last() -> None:
    study = Study(name="s", stages=(stage("a", *points({"lr": 1}, missing=("no",)), *points({"lr": 2})),))

    assert axes_of(sample(study, 1), "a") == [{"lr": 2}]


def test_more_trials_than_there_are_is_all_of_them() -> None:
    assert sample(CHAIN, 99) == CHAIN


def test_a_search_is_asked_a_few_times_one_after_the_other() -> None:
    search = Search(
        trials=60, space={"lr": [1, 2]}, objective=Best(minimize="loss"), parallel=4, pruner="median"
    )
    small = sample(Study(name="s", stages=(stage("sweep", *points({}), search=search),)), 1).stage("sweep")

    assert small.search is not None
    assert (small.search.trials, small.search.parallel) == (ANSWERS, 1)
    assert small.search.pruner is None, "its trials are compared by their results"


@pytest.mark.parametrize("trials", [1, 5])
def test_the_best_is_chosen_among_several(trials: int) -> None:
    best = Edge(name="best", stage="train", best=Best(minimize="loss"))
    study = Study(
        name="s", stages=(stage("train", *points(*GRID)), stage("final", *points({}), needs=(best,)))
    )

    assert len(sample(study, trials).stage("train").points) == max(trials, COMPARED)


@pytest.mark.parametrize("require", [None, 6])
def test_of_what_is_gathered_a_few_are_kept(require: int | None) -> None:
    gathers = Edge(name="all", stage="train", all=("lr", "seed"), require=require)
    study = Study(
        name="s", stages=(stage("train", *points(*GRID)), stage("mean", *points({}), needs=(gathers,)))
    )
    small = sample(study, 1)

    assert len(small.stage("train").points) == COMPARED
    assert small.stage("mean").needs[0].require in {None, COMPARED}


def test_a_need_is_kept_where_it_says() -> None:
    edge = Edge(name="n", stage="data", where={"seed": 1})
    study = Study(name="s", stages=(CHAIN.stages[0], stage("use", *points({"seed": 0}), needs=(edge,))))
    small = sample(study, 1)

    assert not expand(small, Known()).undecided


def test_only_ranks_that_the_copy_has_trials_for_are_kept() -> None:
    search = Search.model_validate(
        {"trials": 9, "target": 0.1, "space": {"lr": [1, 2]}, "objective": {"minimize": "loss"}}
    )
    need = Edge(name="n", stage="sweep", best=Best(minimize="loss", top=4))
    ranks = points(*({"rank": rank} for rank in (1, 2, 3, 4)))
    small = sample(
        Study(
            name="s", stages=(stage("sweep", *points({}), search=search), stage("b", *ranks, needs=(need,)))
        ),
        4,
    )

    assert axes_of(small, "b") == [{"rank": 1}, {"rank": 2}]
    assert small.stages[0].search is not None
    assert small.stages[0].search.target is None


def test_trials_of_a_rehearsal_are_trained_alone() -> None:
    shape = Shape(lockstep=8)
    (point,) = points({"seed": 0})
    joint = stage("train", point, point.model_copy(update={"shape": shape, "seed": 1}))
    small = sample(Study(name="s", stages=(joint.model_copy(update={"shape": shape}),)), 2)

    assert {each.lockstep for each in small.stages[0].shapes} == {1}
