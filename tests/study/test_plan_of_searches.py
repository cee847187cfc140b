"""The trials of searches: a seed each, ends before the last answer, ranks of what they find."""

import math
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.study.objective import Best
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.search import Search
from orchestrator.study.searches.search_end import SearchEnd, end_name
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage
from tests.study.test_plan import (
    BOTH,
    FIRST,
    LOSS,
    OPENING,
    SEARCH,
    SECOND,
    SWEEP,
    TWICE,
    asked,
    stage,
    study,
)

SEEDED = stage("sweep", {}, search=SEARCH.model_copy(update={"seeds": [0, 5]}))
OVER_SEEDS = Edge(
    name="n", stage="sweep", best=Best(minimize="loss", mean=["seed"]), inherits=("lr",), searched=True
)


def test_each_seed_of_a_search_is_a_trial_of_the_answer() -> None:
    (opening,) = expand(study(SEEDED), Known()).openings
    plan = expand(study(SEEDED), asked(opening.key, 0.5))

    assert [(trial.axes, trial.seed) for trial in plan.trials] == [({"seed": 0}, 0), ({"seed": 5}, 5)]
    assert plan.openings[0].answers[0].trials == plan.trials
    assert plan.undecided == {"sweep": 2}


def test_a_parameter_named_seed_follows_the_seeds_of_a_search() -> None:
    point = Point(axes={}, seed=0, params={"seed": 0})
    sweep = SEEDED.model_copy(update={"points": (point,)})
    (opening,) = expand(study(sweep), Known()).openings

    assert [one.params["seed"] for one in expand(study(sweep), asked(opening.key, 0.5)).trials] == [0, 5]


def test_the_best_of_a_search_with_seeds_is_that_with_the_best_mean() -> None:
    both = study(SEEDED, stage("final", {}, needs=(OVER_SEEDS,)))
    answers = asked(expand(both, Known()).openings[0].key, 0.5, 0.9)
    trials = expand(both, answers).of("sweep")
    losses = dict(zip([trial.id for trial in trials], (0.1, 0.9, 0.4, 0.4), strict=True))
    results = {name: {"loss": loss} for name, loss in losses.items()}
    known = Known(asked=answers.asked, results=results, ended=frozenset(losses))

    assert expand(both, known).of("final")[0].params["lr"] == 0.9


END = {(OPENING.key, end_name(SEARCH)): SearchEnd(reason="timeout", answers=1)}


def test_what_a_search_finds_is_decided_once_it_has_ended_early() -> None:
    results = {FIRST.id: {"loss": 1.0}}
    known = Known(asked=asked(OPENING.key, 0.5).asked, results=results, ended=frozenset({FIRST.id}))

    assert expand(SWEEP, known).of("final") == []
    assert expand(SWEEP, replace(known, ends=END)).of("final")[0].params["lr"] == 0.5


def test_a_search_that_has_ended_early_waits_for_what_still_runs() -> None:
    known = replace(asked(OPENING.key, 0.5), ends=END)

    assert expand(SWEEP, known).of("final") == []


def test_an_answer_that_was_drawn_beside_the_end_does_not_count() -> None:
    plan = expand(SWEEP, replace(TWICE, ends=END))

    assert [trial.id for trial in plan.of("sweep")] == [FIRST.id]
    assert (plan.openings[0].remaining, plan.openings[0].end) == (0, END[OPENING.key, end_name(SEARCH)])


def test_an_end_by_other_limits_does_not_count() -> None:
    longer = stage("sweep", {}, search=SEARCH.model_copy(update={"timeout": 60}))
    plan = expand(study(longer), replace(asked(OPENING.key, 0.5), ends=END))

    assert plan.openings[0].remaining == 1


def test_a_stage_goes_on_with_the_point_of_which_the_search_is_over() -> None:
    nets: list[dict[str, Any]] = [{"net": "x"}, {"net": "y"}]
    edge = Edge(name="n", stage="sweep", best=LOSS, inherits=("lr",))
    both = study(stage("sweep", *nets, search=SEARCH), stage("final", *nets, needs=(edge,)))
    first, second = expand(both, Known()).openings
    answers = {**asked(first.key, 0.5, 0.9).asked, **asked(second.key, 0.5).asked}
    over = [trial.id for trial in expand(both, Known(asked=answers)).of("sweep") if trial.axes["net"] == "x"]
    known = Known(asked=answers, results={one: {"loss": 1.0} for one in over}, ended=frozenset(over))

    assert [trial.axes["net"] for trial in expand(both, known).of("final")] == ["x"]


TOP = Best(minimize="loss", top=2)
RANKS = study(
    SWEEP.stages[0],
    stage(
        "final", {"rank": 1}, {"rank": 2}, needs=(Edge(name="n", stage="sweep", best=TOP, inherits=("lr",)),)
    ),
)


@pytest.mark.parametrize(
    ("losses", "lrs"),
    [((0.2, 0.1), [0.9, 0.5]), ((0.1, 0.2), [0.5, 0.9]), ((math.nan, 0.1), [0.9])],
    ids=["second", "first", "one is not finite"],
)
def test_each_rank_takes_the_parameters_of_its_own(losses: tuple[float, float], lrs: list[float]) -> None:
    results = {FIRST.id: {"loss": losses[0]}, SECOND.id: {"loss": losses[1]}}
    plan = expand(RANKS, replace(TWICE, results=results, ended=BOTH))

    assert [trial.params["lr"] for trial in plan.of("final")] == lrs
    assert plan.undecided.get("final", 0) == 2 - len(lrs)


def test_ranks_of_a_stage_that_takes_ranks_itself_are_chosen_from_all_of_them() -> None:
    edge = Edge(name="n", stage="final", best=TOP)

    assert edge.joins_on({"rank": 2, "net": "x"}) == {"net": "x"}


def test_a_search_is_known_by_what_changes_its_answers() -> None:
    limits = {"trials": 99, "parallel": 9, "timeout": 60, "target": 0.1, "patience": 3}
    same = stage("sweep", {}, search=SEARCH.model_copy(update=limits))
    other = stage("sweep", {}, search=SEARCH.model_copy(update={"rounds": 2}))

    assert expand(study(same), Known()).openings[0].key == OPENING.key
    assert expand(study(other), Known()).openings[0].key != OPENING.key


def test_the_key_of_a_search_is_that_of_earlier_versions() -> None:
    search = Search.model_validate(
        {
            "trials": 9,
            "parallel": 2,
            "space": {"lr": {"low": 1e-3, "high": 0.1, "log": True}, "net": ["a", "b"]},
            "objective": {"maximize": "iou"},
        }
    )
    sweep = Stage(
        name="sweep",
        task="toy.train",
        version=1,
        shape=Shape(),
        points=(Point(axes={}, seed=3, params={"seed": 3}),),
        search=search,
    )

    assert expand(study(sweep), Known()).openings[0].key == "9e3158d319fddc57"
