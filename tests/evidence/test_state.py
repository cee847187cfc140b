from typing import Any

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.failure import MOST_IN_VAIN
from orchestrator.evidence.state import State, own_state

RESULT = Result(metrics={"loss": 1.0}, attempt=1, time=0, seconds=1, code="c")


def attempt(
    number: int = 1,
    outcome: str | None = None,
    *,
    kind: str = "unknown",
    message: str = "",
    alive: bool = False,
    **rest: Any,
) -> Attempt:
    """Return an attempt that ended so, or that has no exit."""
    ended = None
    if outcome:
        failure = Failure(kind=kind, message=message) if outcome == "failed" else None
        ended = Exit.model_validate({"outcome": outcome, "time": 0, "seconds": 1, "failure": failure})
    return Attempt(number=number, claim=None, exit=ended, alive=alive, **rest)


LOST = tuple(attempt(number) for number in range(1, MOST_IN_VAIN + 1))

TABLE = {
    "nothing": (Evidence(), State.READY),
    "result": (Evidence(result=RESULT), State.DONE),
    "result, but no exit": (Evidence(result=RESULT, attempts=(attempt(),)), State.DONE),
    "result wins over a cancel mark": (Evidence(result=RESULT, cancelled=True), State.DONE),
    "worker lives": (Evidence(attempts=(attempt(alive=True),)), State.RUNNING),
    "cancelled, yet at it": (Evidence(attempts=(attempt(alive=True),), cancelled=True), State.RUNNING),
    "cancelled": (Evidence(cancelled=True), State.CANCELLED),
    "worker gone": (Evidence(attempts=(attempt(),)), State.LOST),
    "lost too often": (Evidence(attempts=LOST), State.FAILED),
    "lost often, but it had got on": (Evidence(attempts=(attempt(logged=1), *LOST[1:])), State.LOST),
    "lost often, but forgiven": (Evidence(attempts=(*LOST[:-1], attempt(3, forgiven=True))), State.READY),
    "failed": (Evidence(attempts=(attempt(outcome="failed"),)), State.FAILED),
    "failed and forgiven": (Evidence(attempts=(attempt(outcome="failed", forgiven=True),)), State.READY),
    "killed, and repeated": (Evidence(attempts=(attempt(outcome="failed", kind="killed"),)), State.READY),
    "its result was taken away": (Evidence(attempts=(attempt(outcome="done"),)), State.LOST),
    "stopped": (Evidence(attempts=(attempt(outcome="interrupted"),)), State.INTERRUPTED),
    "pruned": (Evidence(attempts=(attempt(outcome="pruned"),)), State.PRUNED),
    "only the newest attempt counts": (
        Evidence(attempts=(attempt(outcome="failed"), attempt(2, alive=True))),
        State.RUNNING,
    ),
}


@pytest.mark.parametrize(("evidence", "expected"), TABLE.values(), ids=TABLE)
def test_own_state(evidence: Evidence, expected: State) -> None:
    assert own_state(evidence) is expected
