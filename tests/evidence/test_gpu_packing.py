from typing import Any

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Result
from orchestrator.evidence.gpu_packing import Cost, packing
from orchestrator.evidence.judge import judge
from orchestrator.evidence.state import Seen
from orchestrator.study.plan import Known, expand
from orchestrator.study.shape import Shape
from orchestrator.study.study import Stage, Study
from tests.tracked_study import points, stage

HOUR_S = 3600
USE = {"busy": 18, "memory_mb": 3174, "of_mb": 40960, "own": True}


def done(hours: float = 1, *, slots: int = 1, attempts: int = 1, **use: Any) -> Evidence:
    """Return the evidence of a trial that took so long; what of its use is None was not measured."""
    facts: dict[str, Any] = {"slots": slots, "gpu_use": {**USE, **use}}
    result = Result(metrics={}, attempt=1, time=0, seconds=hours * HOUR_S, code="c", provenance=facts)
    tries = tuple(Attempt(number=number + 1, claim=None, alive=False) for number in range(attempts))
    return Evidence(result=result, attempts=tries)


def seen_of(*evidence: Evidence, shape: Shape = Shape(gpus=1)) -> tuple[Stage, Seen]:  # noqa: B008 - frozen
    """Return a stage with a trial for each evidence, and one more."""
    where = points(seed=list(range(len(evidence) + 1)))
    segment = stage("segment", where).model_copy(update={"shape": shape})
    plan = expand(Study(name="s", stages=(segment,)), Known())
    known = {trial.id: one for trial, one in zip(plan.trials, evidence, strict=False)}
    return segment, judge(plan, known)


def estimate(*evidence: Evidence, to_do: int = 12, shape: Shape = Shape(gpus=1)) -> Any:  # noqa: B008 - frozen
    return packing(*seen_of(*evidence, shape=shape), to_do).estimate


def test_what_is_to_do_is_estimated_from_what_was_measured() -> None:
    found = estimate(done(1), done(2))

    assert (found.measured, found.trials, found.slots, found.gpu_hours) == (2, 12, 5, 18)
    assert found.packed == pytest.approx(3.6)


def test_where_nothing_is_to_do_it_is_said_of_what_was_done() -> None:
    found = estimate(done(1), done(2), to_do=0)

    assert (found.ahead, found.trials, found.gpu_hours) == (False, 2, 3)


def test_memory_may_allow_fewer_than_time() -> None:
    assert estimate(done(memory_mb=12000)).slots == 3


def test_slots_that_there_are_count_as_saved_already() -> None:
    found = estimate(done(1, slots=2, busy=36), shape=Shape(gpus=1, slots=2))

    assert (found.busy, found.gpu_hours) == (18, 6)


@pytest.mark.parametrize(
    ("evidence", "shape"),
    [
        (done(busy=None), Shape(gpus=1)),
        (done(), Shape()),
        (done(), Shape(gpus=1, nodes=2)),
        (Evidence(), Shape(gpus=1)),
    ],
    ids=["not measured", "no GPU", "several nodes", "not done"],
)
def test_without_a_measurement_nothing_is_estimated(evidence: Evidence, shape: Shape) -> None:
    assert estimate(evidence, shape=shape) is None


def test_what_packing_has_saved_is_measured_where_both_were_tried() -> None:
    known = [done(1), done(2), done(2, slots=4), done(4, slots=4)]

    assert packing(*seen_of(*known), 0).costs == (
        Cost(slots=1, trials=2, gpu_hours=1.5),
        Cost(slots=4, trials=2, gpu_hours=0.75),
    )


def test_a_trial_of_several_attempts_is_no_measure_of_what_packing_saves() -> None:
    assert packing(*seen_of(done(1), done(2, slots=4, attempts=2)), 0).costs == ()


def test_what_was_trained_in_lockstep_is_left_out() -> None:
    together = done(1)
    assert together.result is not None
    together.result.provenance["lockstep"] = 8

    assert estimate(together) is None
