from typing import Any

import pytest

from orchestrator.evidence.evidence import Attempt, Evidence, Exit, Failure, Result
from orchestrator.evidence.failure import MOST_IN_VAIN
from orchestrator.evidence.state import MOST_ALIKE, State, judge, own_state
from orchestrator.study.plan import Plan
from orchestrator.study.trial import Trial

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


def trial(name: str, **needs: str) -> Trial:
    return Trial(id=name, stage="s", task="t", version=1, params={}, seed=0, needs=needs, axes={})


CHAIN = Plan(study="s", trials=(trial("a"), trial("b", x="a"), trial("c", x="b")), openings=(), undecided={})


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (Evidence(), [State.READY, State.WAITING, State.WAITING]),
        (Evidence(result=RESULT), [State.DONE, State.READY, State.WAITING]),
        (Evidence(attempts=(attempt(outcome="failed"),)), [State.FAILED, State.BLOCKED, State.BLOCKED]),
        (Evidence(cancelled=True), [State.CANCELLED, State.BLOCKED, State.BLOCKED]),
    ],
)
def test_needs_decide_the_rest(first: Evidence, expected: list[State]) -> None:
    assert list(judge(CHAIN, {"a": first}).states.values()) == expected


def test_a_trial_that_misses_something_is_skipped() -> None:
    lacking = trial("a").model_copy(update={"missing": ("no data",)})
    plan = Plan(study="s", trials=(lacking, trial("b", x="a")), openings=(), undecided={})

    assert list(judge(plan, {}).states.values()) == [State.SKIPPED, State.BLOCKED]
    assert judge(plan, {"a": Evidence(result=RESULT)}).states["a"] is State.DONE


def test_a_trial_without_evidence_has_an_empty_one() -> None:
    assert judge(CHAIN, {"a": Evidence(cancelled=True)}).evidence["c"] == Evidence()


def test_a_result_stays_though_its_need_failed() -> None:
    evidence = {"a": Evidence(attempts=(attempt(outcome="failed"),)), "b": Evidence(result=RESULT)}

    assert judge(CHAIN, evidence).states["b"] is State.DONE


def failing(*messages: str) -> dict[str, Evidence]:
    """Return evidence of trials `a`, `b`, ... that failed with these messages."""
    return {
        name: Evidence(attempts=(attempt(outcome="failed", message=message),))
        for name, message in zip("abcde", messages, strict=False)
    }


ROW = Plan(study="s", trials=tuple(trial(name) for name in "abcde"), openings=(), undecided={})


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (failing("no `x` in 1", "no `x` in 2", "no `x` in 3"), State.PAUSED),
        (failing("no `x` in 1", "no `x` in 2"), State.READY),
        (failing("no `x`", "no `y`", "no `z`"), State.READY),
        (failing("no `x`", "no `x`", "no `x`") | {"d": Evidence(result=RESULT)}, State.READY),
    ],
    ids=["three alike", "two alike", "all different", "one is done"],
)
def test_failures_alike_pause_their_stage(evidence: dict[str, Evidence], expected: State) -> None:
    assert judge(ROW, evidence).states["e"] is expected


def test_a_paused_stage_blocks_what_needs_it() -> None:
    plan = Plan(
        study="s",
        trials=(*ROW.trials, trial("z", x="e").model_copy(update={"stage": "t"})),
        openings=(),
        undecided={},
    )

    assert judge(plan, failing(*["same"] * MOST_ALIKE)).states["z"] is State.BLOCKED
