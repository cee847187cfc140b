from typing import Any

import pytest

from orchestrator.messages.errors import UserError
from orchestrator.report.searches.best_trials import (
    Compared,
    best_of_groups,
    best_of_searches,
    compared,
    needed_best,
)
from orchestrator.study.objective import Best
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study
from orchestrator.study.trial import Trial
from tests.report.searches.plain_search import LOSS, SIZE, outcome, searched

LEAST = Best(minimize="loss")


def trial(identity: str, **axes: Any) -> Trial:
    return Trial(
        id=identity,
        stage="train",
        task="t",
        version=1,
        params={},
        seed=axes.get("seed", 0),
        needs={},
        axes=axes,
    )


A0, A1, B0, B1 = (trial(f"{lr}{seed}", lr=lr, seed=seed) for lr in "ab" for seed in (0, 1))
RESULTS = {"a0": {"loss": 0.1}, "a1": {"loss": 0.9}, "b0": {"loss": 0.3}, "b1": {"loss": 0.4}}


def needing(*bests: Best, **axes: Any) -> Study:
    """Return a study in which a stage needs the best of `train`, over these axes."""
    stages = [
        Stage(
            name=f"use{place}",
            task="t",
            version=1,
            shape=Shape(),
            points=tuple(Point(axes={"seed": seed}, seed=seed, params={}) for seed in axes.get("seed", [0])),
            needs=(Edge(name="best", stage="train", best=best),),
        )
        for place, best in enumerate(bests)
    ]
    return Study(name="s", stages=tuple(stages))


def test_a_search_says_its_best_at_each_point() -> None:
    searches = [
        searched(outcome(1, 0.5, trials=("a0",)), outcome(2, 0.2, trials=("a1",)), axes={"encoder": "x"}),
        searched(outcome(1, 0.1, trials=("b0",)), axes={"encoder": "y"}),
    ]
    found = best_of_searches(searches, {one.id: one for one in (A0, A1, B0)})

    assert [(one.axes["encoder"], one.trials[0].id, one.values) for one in found.found] == [
        ("x", "a1", {"loss": 0.2}),
        ("y", "b0", {"loss": 0.1}),
    ]
    assert (found.points, found.notes) == (2, ())


def test_a_search_that_goes_on_says_how_far_it_is() -> None:
    found = best_of_searches([searched(outcome(1, 0.5, trials=("a0",)), planned=60)], {"a0": A0})

    assert found.notes == ("So far, of sweep: 1 of 60 answers have ended.",)


def test_of_several_objectives_there_is_the_front() -> None:
    search = searched(
        outcome(1, 1.0, 2.0, trials=("a0",)), outcome(2, 2.0, 1.0, trials=("a1",)), objectives=(LOSS, SIZE)
    )
    found = best_of_searches([search], {"a0": A0, "a1": A1})

    assert [one.values for one in found.found] == [{"loss": 1.0, "size": 2.0}, {"loss": 2.0, "size": 1.0}]


def test_trials_of_a_grid_are_compared() -> None:
    (one,) = best_of_groups("train", [Compared(axes={}, trials=[A0, A1, B0, B1])], LEAST, RESULTS).found

    assert (one.trials, one.params, one.values) == ((A0,), {"lr": "a", "seed": 0}, {"loss": 0.1})


def test_settings_are_compared_by_their_mean() -> None:
    best = Best(minimize="loss", mean=["seed"])
    (one,) = best_of_groups("train", [Compared(axes={}, trials=[A0, A1, B0, B1])], best, RESULTS).found

    assert (one.trials, one.params) == ((B0, B1), {"lr": "b"})
    assert one.values["loss"] == pytest.approx(0.35)


def test_a_group_without_a_finite_value_has_no_best() -> None:
    found = best_of_groups("train", [Compared(axes={}, trials=[A0])], LEAST, {})

    assert (found.found, found.points) == ((), 1)


def test_what_is_best_says_the_stage_that_needs_it() -> None:
    assert needed_best(needing(LEAST, LEAST), "train") == LEAST


def test_two_stages_may_mean_different_things() -> None:
    with pytest.raises(UserError, match="compared by `loss`, `acc`, in 2 ways"):
        needed_best(needing(LEAST, Best(maximize="acc")), "train")


def test_nothing_may_need_the_best() -> None:
    assert needed_best(needing(LEAST), "other") is None


def test_trials_are_grouped_as_needs_compare_them() -> None:
    groups = compared(needing(LEAST, seed=[0, 1]), "train", [A0, A1, B0, B1])

    assert [(group.axes, list(group.trials)) for group in groups] == [
        ({"seed": 0}, [A0, B0]),
        ({"seed": 1}, [A1, B1]),
    ]


def test_points_at_which_the_need_does_not_hold_compare_nothing() -> None:
    study = needing(LEAST, seed=[0, 1])
    (edge,) = study.stages[0].needs
    stage = study.stages[0].model_copy(update={"needs": (edge.model_copy(update={"when": {"seed": 1}}),)})
    groups = compared(Study(name="s", stages=(stage,)), "train", [A0, A1, B0, B1])

    assert [group.axes for group in groups] == [{"seed": 1}]


def test_without_a_need_all_are_compared() -> None:
    assert [group.axes for group in compared(needing(), "train", [A0, B0])] == [{}]
