"""A small study that was run, for the tests of the methods appendix."""

from typing import Any

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Edge, Study
from tests.study.test_plan import stage

STUDY = Study(
    name="small",
    stages=(
        stage("data", {"set": "a"}, {"set": "b"}),
        stage(
            "train",
            *({"set": name, "lr": lr, "seed": seed} for name in "ab" for lr in (0.1, 0.2) for seed in (0, 1)),
            needs=(Edge(name="data", stage="data"),),
        ),
    ),
)


def attempt(outcome: str = "done", seconds: float = 3600.0) -> Attempt:
    failure = Failure(kind="cuda_out_of_memory", message="m") if outcome == "failed" else None
    ended = Exit.model_validate({"outcome": outcome, "time": 1, "seconds": seconds, "failure": failure})
    return Attempt(number=1, claim=None, alive=False, exit=ended)


def result(metrics: dict[str, float] | None = None, **provenance: Any) -> Result:
    return Result(metrics=metrics or {}, attempt=1, time=0, seconds=3600, code="c0de", provenance=provenance)


def seen(*attempts: Attempt, study: Study = STUDY) -> Seen:
    """Return the study with all trials done; the last has these attempts alone, where any are given."""
    plan = expand(study, Known())
    evidence = {trial.id: Evidence(result=result(), attempts=(attempt(),)) for trial in plan.trials}
    if attempts:
        evidence[plan.trials[-1].id] = Evidence(attempts=attempts)
    return judge(plan, evidence)
