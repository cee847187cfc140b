import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.engine.told import (
    History,
    Told,
    each_trial,
    ended_before,
    first_finished,
    what_came_of,
    with_drawn,
)
from orchestrator.evidence.evidence import Evidence, Result
from orchestrator.evidence.judge import judge
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from tests.evidence.searched import FAILED, opening_of, pruned, running, search_of, seen_of

SEARCH = Search(trials=9, space={"lr": [0.1, 0.2]}, objective=Objective(minimize="loss"))
STUDY = Study(
    name="s",
    stages=(
        Stage(
            name="sweep",
            task="toy.train",
            version=1,
            shape=Shape(),
            points=(Point(axes={}, seed=0, params={}),),
            search=SEARCH,
        ),
    ),
)
KEY = expand(STUDY, Known()).openings[0].key


def told(evidence: Evidence, *lrs: float) -> list[tuple[int, str, tuple[float, ...]]]:
    asked = [Asked(number=number, params={"lr": lr}) for number, lr in enumerate(lrs, 1)]
    plan = expand(STUDY, Known(asked={KEY: asked}))
    seen = judge(plan, {plan.trials[0].id: evidence})
    return [(one.number, one.state, one.values) for one in what_came_of(seen.plan.openings[0], seen)]


def finished(metrics: Mapping[str, float]) -> Evidence:
    return Evidence(result=Result(metrics=dict(metrics), attempt=1, time=0, seconds=0, code="c"))


def test_what_is_finished_is_told_with_its_value() -> None:
    assert told(finished({"loss": 0.5}), 0.1) == [(1, "complete", (0.5,))]


def test_what_has_no_result_yet_is_running() -> None:
    assert told(Evidence(), 0.1) == [(1, "running", ())]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_has_no_finite_value_has_failed(value: float) -> None:
    assert told(finished({"loss": value}), 0.1) == [(1, "failed", ())]


def test_what_will_have_no_result_has_failed() -> None:
    assert told(replace(Evidence(), cancelled=True), 0.1) == [(1, "failed", ())]


def test_what_was_proposed_twice_is_told_once() -> None:
    assert [number for number, *_ in told(Evidence(), 0.1, 0.2, 0.1)] == [1, 2]


def states(*evidence: Evidence | float, **keys: Any) -> list[str]:
    """Return what the next answer of a search with these keys is told of the earlier ones."""
    seen = seen_of(search_of(**keys), *evidence)
    return [one.state for one in what_came_of(opening_of(seen), seen)]


def after(*evidence: Evidence | float, **keys: Any) -> list[int]:
    """Return the places of the trials after which the next answer is drawn."""
    seen = seen_of(search_of(**keys), *evidence)
    ids = [trial.id for trial in seen.plan.trials]
    return sorted(ids.index(one) for one in ended_before(opening_of(seen), seen))


def test_what_was_given_up_is_told_as_pruned() -> None:
    assert states(pruned()) == ["pruned"]


def test_nothing_is_told_of_the_answers_of_the_same_round() -> None:
    assert states(1.0, FAILED, 3.0, rounds=2) == ["complete", "failed", "running"]


def test_an_answer_is_drawn_after_all_that_was_told() -> None:
    assert after(1.0, FAILED, pruned(), running(), math.nan) == [0, 1, 2, 4]


def test_an_answer_of_a_round_is_drawn_after_the_rounds_before() -> None:
    assert after(1.0, FAILED, 3.0, rounds=2) == [0, 1]


def test_an_answer_is_drawn_after_every_seed_of_those_that_are_over() -> None:
    assert after(1.0, 2.0, 3.0, running(), seeds=2) == [0, 1]


FIRST_TOLD = Told(number=1, params={"lr": 1}, state="complete", values=(1.0,))


@pytest.mark.parametrize(("lr", "count"), [(2, 2), (1, 1), (True, 2)])
def test_what_is_drawn_together_is_told_as_running_and_once(lr: object, count: int) -> None:
    assert [one.number for one in with_drawn([FIRST_TOLD], 2, {"lr": lr})] == [1, 2][:count]


def test_what_was_pruned_is_told_with_its_curve() -> None:
    seen = seen_of(search_of(), pruned())
    curve = History(curve={3: 0.5})
    (told_,) = what_came_of(opening_of(seen), seen, {seen.plan.trials[0].id: curve})

    assert (told_.state, told_.curve) == ("pruned", {3: 0.5})


def test_what_was_finished_first_is_measured_whatever_its_number() -> None:
    asked = [Asked(number=number, params={"lr": number / 10}) for number in (1, 2, 3)]
    plan = expand(STUDY, Known(asked={KEY: asked}))
    late, early, without = (trial.id for trial in plan.trials)
    times = {late: 9.0, early: 5.0, without: 1.0}
    results = {
        one: Result(metrics={"loss": 1}, attempt=1, time=times[one], seconds=0, code="c") for one in times
    }
    seen = judge(plan, {one: Evidence(result=result) for one, result in results.items()})
    histories = {late: History(curve={7: 0.5}), early: History(curve={3: 0.5})}
    first = first_finished(what_came_of(seen.plan.openings[0], seen, histories))

    assert first is not None
    assert first.number == 2


def test_a_pruner_is_told_of_each_trial_apart() -> None:
    seen = seen_of(search_of(seeds=2), 1.0, pruned(), 3.0, running())
    opening = opening_of(seen)
    curves = {trial.id: History(curve={number: 0.5}) for number, trial in enumerate(opening.trials)}

    assert [(one.state, max(one.curve)) for one in each_trial(opening, seen, curves)] == [
        ("complete", 0),
        ("pruned", 1),
        ("complete", 2),
        ("running", 3),
    ]


def test_an_answer_that_was_pruned_with_one_seed_is_told_with_that_curve() -> None:
    seen = seen_of(search_of(seeds=2), 1.0, pruned())
    opening = opening_of(seen)
    curves = {trial.id: History(curve={number: 0.5}) for number, trial in enumerate(opening.trials)}

    assert [(one.state, one.curve) for one in what_came_of(opening, seen, curves)] == [("pruned", {1: 0.5})]


def test_how_those_of_the_same_round_went_is_not_told() -> None:
    seen = seen_of(search_of(rounds=2), 1.0)
    opening = opening_of(seen)

    assert not what_came_of(opening, seen, {opening.trials[0].id: History(curve={1: 0.5})})[0].curve


def test_what_the_sampler_noted_is_told_again() -> None:
    asked = Asked(number=1, params={"lr": 0.1}, attrs={"cma:generation": 0})
    plan = expand(STUDY, Known(asked={KEY: [asked]}))
    seen = judge(plan, {plan.trials[0].id: finished({"loss": 0.5})})

    assert [one.attrs for one in what_came_of(seen.plan.openings[0], seen)] == [{"cma:generation": 0}]


def test_the_name_of_a_search_stays_what_it_was() -> None:
    assert KEY == "02a83140646f266c"
