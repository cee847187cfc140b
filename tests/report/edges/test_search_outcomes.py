from typing import Any

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import LOCAL
from orchestrator.report.edges.search_outcomes import importances, search_results
from orchestrator.study.objective import Objective
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study

SPACE: dict[str, Any] = {"lr": {"low": 0.0, "high": 1.0}, "note": ["a", "b"]}


def looked(objective: Objective, *losses: float | None) -> tuple[Submission, Seen]:
    """Return a search of which answer `n` has lr = n/10; one without a loss failed."""
    search = Search.model_validate({"trials": 60, "space": SPACE, "objective": objective})
    point = Point(axes={"encoder": "vgg16"}, seed=0, params={"encoder": "vgg16"})
    shape = Shape(gpus=2)
    stage = Stage(name="sweep", task="toy.train", version=1, shape=shape, points=(point,), search=search)
    study = Study(name="s", stages=(stage,))
    key = expand(study, Known()).openings[0].key
    asked = [
        Asked(number=number, params={"lr": number / 100, "note": "ab"[number % 2]})
        for number in range(1, len(losses) + 1)
    ]
    plan = expand(study, Known(asked={key: asked}))
    evidence = {trial.id: ended(loss) for trial, loss in zip(plan.trials, losses, strict=True)}
    return Submission(study=study, code="c", data="", profile=LOCAL, given=""), judge(plan, evidence)


def ended(loss: float | None) -> Evidence:
    if loss is not None:
        return Evidence(result=Result(metrics={"loss": loss}, attempt=1, time=0, seconds=3, code="c"))
    failure = Failure(kind="unknown", message="m")
    exit_ = Exit(outcome="failed", time=0, seconds=1, failure=failure)
    return Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=exit_),))


def test_each_answer_has_what_came_of_it() -> None:
    submission, seen = looked(Objective(minimize="loss"), 0.5, None, 0.25)
    found = search_results(submission, seen, seen.plan.openings[0])

    assert [(one.number, one.state, one.values) for one in found.outcomes] == [
        (1, "complete", (0.5,)),
        (2, "failed", ()),
        (3, "complete", (0.25,)),
    ]
    assert (found.axes, found.asked, found.planned) == ({"encoder": "vgg16"}, 3, 60)


def test_each_answer_has_its_costs() -> None:
    submission, seen = looked(Objective(minimize="loss"), 0.5, None)
    found = search_results(submission, seen, seen.plan.openings[0])

    assert [(one.seconds, one.gpus) for one in found.outcomes] == [(3.0, 2), (1.0, 2)]


@pytest.mark.parametrize("way", ["minimize", "maximize"])
def test_the_parameter_that_decides_is_the_important_one(way: str) -> None:
    sign = {"minimize": 1, "maximize": -1}[way]
    losses = [sign * number / 10 for number in range(1, 41)]
    _, seen = looked(Objective.model_validate({way: "loss"}), *losses)
    found = importances(seen.plan.openings[0], seen)

    assert list(found) == ["lr", "note"]
    assert found["lr"] > 0.9
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(("way", "least"), [("minimize", 0.0), ("maximize", 0.2)])
def test_importance_is_for_the_best_end_of_the_values(way: str, least: float) -> None:
    losses = [  # the least have the lowest `lr`, the largest have `note` a
        -1.0 if number <= 5 else number * 7 % 5 / 100 + (number % 2 == 0) for number in range(1, 41)
    ]
    _, seen = looked(Objective.model_validate({way: "loss"}), *losses)

    assert least <= importances(seen.plan.openings[0], seen)["note"] < least + 0.2


def test_importance_is_the_same_each_time() -> None:
    _, seen = looked(Objective(minimize="loss"), *(number % 7 / 10 for number in range(40)))

    assert importances(seen.plan.openings[0], seen) == importances(seen.plan.openings[0], seen)


@pytest.mark.parametrize("losses", [[0.1, 0.2], [0.5] * 20])
def test_nothing_is_important_where_too_little_is_known(losses: list[float]) -> None:
    _, seen = looked(Objective(minimize="loss"), *losses)

    assert importances(seen.plan.openings[0], seen) == {}
