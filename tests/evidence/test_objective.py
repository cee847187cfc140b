import math
from typing import Any

import pytest

from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.objective import NoBest, no_best
from orchestrator.evidence.state import Seen
from orchestrator.study.objective import Best, Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

SEARCH = Search(
    trials=2, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"), parallel=1
)
LOSS = Best(minimize="loss")


def stage(name: str, *points: dict[str, Any], **rest: Any) -> Stage:
    found = tuple(
        Point(axes=axes, seed=axes.get("seed", 0), params={"stage": name, **axes}) for axes in points
    )
    return Stage(name=name, task="t", version=1, shape=Shape(), points=found, **rest)


def final(best: Best, needed: str = "train") -> Stage:
    return stage("final", {}, needs=(Edge(name="n", stage=needed, best=best),))


def done(**metrics: float) -> Evidence:
    return Evidence(result=Result(metrics=metrics, attempt=1, time=0, seconds=1, code="c"))


def seen_of(study: Study, *evidence: Evidence, answers: int = 0) -> Seen:
    """Return the study after so many answers of its search, its first trials in these states."""
    asked = {
        opening.key: [Asked(number=number, params={"lr": 0.1 * number}) for number in range(1, answers + 1)]
        for opening in expand(study, Known()).openings
    }
    plan = expand(study, Known(asked=asked))
    return judge(plan, {trial.id: one for trial, one in zip(plan.trials, evidence, strict=False)})


def told(study: Study, *evidence: Evidence, answers: int = 0) -> list[NoBest]:
    return no_best(study, seen_of(study, *evidence, answers=answers))


SWEEP = Study(name="s", stages=(stage("sweep", {}, search=SEARCH), final(LOSS, "sweep")))
GRID = Study(name="s", stages=(stage("train", {"lr": 1}, {"lr": 2}), final(LOSS)))
SEEDS = [{"lr": lr, "seed": seed} for lr in (1, 2) for seed in (0, 1)]
MEAN = Study(name="s", stages=(stage("train", *SEEDS), final(Best(minimize="loss", mean=["seed"]))))


def test_a_search_whose_trial_lacks_its_metric_is_told_with_what_waits_for_it() -> None:
    seen = seen_of(SWEEP, done(val_loss=1.0), answers=1)

    assert no_best(SWEEP, seen) == [
        NoBest(
            stage="sweep",
            metric="loss",
            why="absent",
            trial=seen.plan.trials[0].id,
            given={"val_loss": 1.0},
            waiting=("final",),
            searched=True,
        )
    ]


@pytest.mark.parametrize(
    ("evidence", "answers"),
    [
        ((), 0),
        ((Evidence(),), 1),
        ((done(loss=1.0),), 1),
        ((done(loss=math.nan),), 1),
        ((done(iou=1.0), done(loss=1.0)), 2),
    ],
    ids=["not asked", "unfinished", "measured", "not finite, but it goes on", "over, and one is measured"],
)
def test_a_search_that_may_still_find_a_best_is_not_told(
    evidence: tuple[Evidence, ...], answers: int
) -> None:
    assert told(SWEEP, *evidence, answers=answers) == []


def test_a_search_of_which_no_trial_is_finite_is_told_when_it_is_over() -> None:
    broken = done(loss=math.nan)

    assert [one.why for one in told(SWEEP, broken, broken, answers=2)] == ["not finite"]


@pytest.mark.parametrize(
    ("evidence", "why"),
    [
        ((done(iou=1.0),), ["absent"]),
        ((done(iou=1.0), done(loss=1.0)), []),
        ((done(loss=math.nan),), []),
        ((done(loss=math.nan), done(loss=math.inf)), ["not finite"]),
        ((done(loss=math.nan), done(loss=1.0)), []),
    ],
    ids=["absent", "absent in one", "not finite so far", "not finite", "finite in one"],
)
def test_a_grid_without_a_best_is_told(evidence: tuple[Evidence, ...], why: list[str]) -> None:
    assert [one.why for one in told(GRID, *evidence)] == why


def test_settings_of_which_none_is_whole_are_told() -> None:
    good, broken = done(loss=1.0), done(loss=math.nan)

    assert [one.why for one in told(MEAN, good, broken, broken, good)] == ["no whole setting"]


def test_a_search_that_is_blind_asks_no_more() -> None:
    assert [opening.remaining for opening in seen_of(SWEEP, done(val_loss=1.0), answers=1).plan.openings] == [
        0
    ]


def test_what_gathers_the_trials_of_such_a_search_waits_for_it_too() -> None:
    ensemble = stage("ensemble", {}, needs=(Edge(name="n", stage="sweep", all=("lr",)),))
    study = Study(name="s", stages=(SWEEP.stages[0], ensemble))

    assert [one.waiting for one in told(study, done(val_loss=1.0), answers=1)] == [("ensemble",)]


def test_every_objective_that_a_trial_lacks_is_told_by_its_name() -> None:
    several = SEARCH.model_copy(
        update={"objective": [Objective(minimize="loss"), Objective(minimize="seconds")]}
    )
    study = Study(name="s", stages=(stage("sweep", {}, search=several),))
    seen = seen_of(study, done(loss=1.0), answers=1)

    assert [(one.metric, one.why) for one in no_best(study, seen)] == [("seconds", "absent")]
    assert [opening.remaining for opening in seen.plan.openings] == [0]
