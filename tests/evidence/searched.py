"""A plain study with one search, and what came of its answers."""

import math
from typing import Any

from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked, Opening
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study


def search_of(**keys: Any) -> Search:
    """Return a search for the least `loss` with a pruner, but for the keys that are given."""
    space = {"lr": {"low": 0.0, "high": 100.0}}
    given = {"trials": 20, "space": space, "objective": {"minimize": "loss"}, "pruner": "median"}
    return Search.model_validate(given | keys)


def study_of(search: Search, *encoders: str) -> Study:
    """Return a study with one search for each encoder, or one."""
    axes: list[dict[str, Any]] = [{"encoder": encoder} for encoder in encoders] or [{}]
    points = tuple(Point(axes=each, seed=0, params=dict(each)) for each in axes)
    stage = Stage(name="sweep", task="t", version=1, shape=Shape(), points=points, search=search)
    return Study(name="s", stages=(stage,))


def answers(*lrs: float) -> list[Asked]:
    """Return answers with these learning rates."""
    return [Asked(number=number, params={"lr": lr}) for number, lr in enumerate(lrs, 1)]


def done(*, began: float = 0.0, **metrics: float) -> Evidence:
    """Return that a trial was claimed at a time, took five seconds and gave these metrics."""
    claim = Claim(worker="w", job="local:h:1:2", host="h", time=began, code="c")
    exit_ = Exit(outcome="done", time=began + 5, seconds=5.0)
    return Evidence(
        result=Result(metrics=metrics, attempt=1, time=began + 5, seconds=5.0, code="c"),
        attempts=(Attempt(number=1, claim=claim, alive=False, exit=exit_),),
    )


def running(began: float = 0.0) -> Evidence:
    """Return that somebody is at a trial since a time."""
    claim = Claim(worker="w", job="local:h:1:2", host="h", time=began, code="c")
    return Evidence(attempts=(Attempt(number=1, claim=claim, alive=True),))


def pruned() -> Evidence:
    """Return that a trial was given up before its end."""
    exit_ = Exit(outcome="pruned", time=1.0, seconds=2.0)
    return Evidence(attempts=(Attempt(number=1, claim=None, alive=False, exit=exit_),))


FAILED = Evidence(cancelled=True)


def seen_of(search: Search, *evidence: Evidence | float, answers_: int | None = None) -> Seen:
    """Return the search after so many answers, its trials in these states; a number is a finished `loss`."""
    study = study_of(search)
    key = expand(study, Known()).openings[0].key
    count = len(evidence) // len(search.tried_with) if answers_ is None else answers_
    plan = expand(study, Known(asked={key: answers(*map(float, range(1, count + 1)))}))
    found = [one if isinstance(one, Evidence) else done(loss=one) for one in evidence]
    return judge(plan, {trial.id: one for trial, one in zip(plan.trials, found, strict=False)})


def opening_of(seen: Seen) -> Opening:
    """Return the one search."""
    return seen.plan.openings[0]


NAN = math.nan
