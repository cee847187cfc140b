from typing import Any

import pytest

from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.skipped import Lack, Skipped, lacks_of, skipped, skipping, told
from orchestrator.study.objective import Best, Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Point, Stage, Study

LOSS = Best(minimize="loss")
SEARCH = Search(trials=5, space={"lr": Range(low=0.1, high=1.0)}, objective=Objective(minimize="loss"))
DONE = Evidence(result=Result(metrics={"loss": 1.0}, attempt=1, time=0, seconds=1, code="c"))
ABSENT = "no dataset\nhint: get it"


def stage(name: str, *nets: str, **rest: Any) -> Stage:
    points = tuple(Point(axes={"net": net}, seed=0, params={"stage": name, "net": net}) for net in nets)
    return Stage(name=name, task="t", version=1, shape=Shape(), points=points, **rest)


CHAIN = Study(
    name="s",
    stages=(
        stage("first", "x", "y"),
        stage("then", "x", "y", needs=(Edge(name="n", stage="first"),)),
        stage("last", "x", "y", needs=(Edge(name="n", stage="then"),)),
    ),
)


def left_out(study: Study, *missing: tuple[str, int], done: tuple[str, ...] = ()) -> Skipped:
    """Return what stays undone when these points miss something and all of these stages are done."""
    lacking = skipping(study, dict.fromkeys(missing, (ABSENT,)))
    plan = expand(lacking, Known())
    evidence = {trial.id: DONE for trial in plan.trials if trial.stage in done}
    return skipped(lacking, judge(plan, evidence))


def test_all_that_needs_a_skipped_trial_is_left_out() -> None:
    assert len(left_out(CHAIN, ("first", 0)).trials) == 3


def test_without_anything_missing_nothing_is_left_out() -> None:
    assert left_out(CHAIN) == Skipped()


def test_what_is_done_already_is_not_left_out() -> None:
    assert left_out(CHAIN, ("first", 0), done=("first",)) == Skipped()


def test_a_skipped_search_and_what_takes_its_best_are_counted() -> None:
    best = stage("final", "x", needs=(Edge(name="n", stage="sweep", best=LOSS),))
    study = Study(name="s", stages=(stage("sweep", "x", search=SEARCH), best))

    assert left_out(study, ("sweep", 0)).undecided == {"sweep": 5, "final": 1}


def test_the_best_of_a_sweep_of_which_a_part_is_skipped_is_left_out() -> None:
    final = Stage(
        name="final",
        task="t",
        version=1,
        shape=Shape(),
        points=(Point(axes={}, seed=0, params={}),),
        needs=(Edge(name="n", stage="sweep", best=LOSS),),
    )
    found = left_out(Study(name="s", stages=(stage("sweep", "x", "y"), final)), ("sweep", 1))

    assert (len(found.trials), found.undecided) == (1, {"final": 1})


def test_the_best_of_a_mean_is_left_out_while_a_part_of_the_mean_is_skipped() -> None:
    best = Best(minimize="loss", mean=["net"])
    final = stage("final", "x", needs=(Edge(name="n", stage="sweep", best=best),))
    found = left_out(Study(name="s", stages=(stage("sweep", "x", "y"), final)), ("sweep", 1))

    assert found.undecided == {"final": 1}


def test_only_points_that_stay_undone_tell_what_they_miss() -> None:
    found = left_out(CHAIN, ("first", 0), ("then", 0), done=("first",))

    assert found.lacks == (Lack(message="no dataset", hint="get it", stages=("then",)),)


def test_a_thing_that_several_stages_want_is_told_once() -> None:
    assert [lack.stages for lack in lacks_of([("a", "s"), ("a", "t"), ("a", "s")])] == [("s", "t")]


def test_a_hint_that_several_share_is_told_once() -> None:
    lacks = lacks_of([("a\nhint: draw", "s"), ("b\nmore\nhint: draw", "s"), ("c\nhint: fetch", "t")])

    assert told(lacks) == (
        "- a\n    for: s\n- b\n    more\n    for: s\n    hint for these 2: draw\n"
        "- c\n    for: t\n    hint: fetch"
    )


def over_nets(*nets: str, require: int | None = None) -> Study:
    """Return a study of a stage over these networks, and one that gathers its trials."""
    whole = Stage(
        name="whole",
        task="t",
        version=1,
        shape=Shape(),
        points=(Point(axes={}, seed=0, params={}),),
        needs=(Edge(name="n", stage="first", all=("net",), require=require),),
    )
    return Study(name="s", stages=(stage("first", *nets), whole))


def test_what_gathers_a_skipped_trial_is_left_out() -> None:
    assert len(left_out(over_nets("x", "y"), ("first", 0)).trials) == 2


@pytest.mark.parametrize(("require", "undecided"), [(1, {}), (2, {"whole": 1})], ids=["enough", "too few"])
def test_what_requires_more_than_there_are_without_the_skipped_is_left_out(
    require: int, undecided: dict[str, int]
) -> None:
    assert left_out(over_nets("x", "y", require=require), ("first", 0)).undecided == undecided


def test_what_is_gathered_of_searches_waits_for_the_skipped_one_too() -> None:
    study = over_nets("x", "y", require=1)
    sweep = stage("first", "x", "y", search=SEARCH.model_copy(update={"trials": 1}))
    lacking = skipping(
        study.model_copy(update={"stages": (sweep, *study.stages[1:])}), {("first", 0): (ABSENT,)}
    )
    answers = {one.key: [Asked(number=1, params={"lr": 0.5})] for one in expand(lacking, Known()).openings}
    del answers[next(iter(answers))]

    found = skipped(lacking, judge(expand(lacking, Known(asked=answers)), {}))

    assert found.undecided == {"first": 1, "whole": 1}
