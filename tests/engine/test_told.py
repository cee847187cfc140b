import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from orchestrator.engine.told import History, first_finished, what_came_of
from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Result
from orchestrator.evidence.judge import judge
from orchestrator.study.objective import Objective
from orchestrator.study.opening import Asked
from orchestrator.study.plan import Known, expand
from orchestrator.study.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

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


PRUNED = Attempt(number=1, claim=None, alive=False, exit=Exit(outcome="pruned", time=1, seconds=1))


def test_what_was_pruned_is_told_with_its_curve() -> None:
    plan = expand(STUDY, Known(asked={KEY: [Asked(number=1, params={"lr": 0.1})]}))
    identity = plan.trials[0].id
    seen = judge(plan, {identity: Evidence(attempts=(PRUNED,))})
    (told_,) = what_came_of(seen.plan.openings[0], seen, {identity: History(curve={3: 0.5})})

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
