import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from orchestrator.engine.told import what_came_of
from orchestrator.evidence.evidence import Evidence, Result
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


def test_what_the_sampler_noted_is_told_again() -> None:
    asked = Asked(number=1, params={"lr": 0.1}, attrs={"cma:generation": 0})
    plan = expand(STUDY, Known(asked={KEY: [asked]}))
    seen = judge(plan, {plan.trials[0].id: finished({"loss": 0.5})})

    assert [one.attrs for one in what_came_of(seen.plan.openings[0], seen)] == [{"cma:generation": 0}]


def test_the_name_of_a_search_stays_what_it_was() -> None:
    assert KEY == "02a83140646f266c"
