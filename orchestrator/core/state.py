"""The state of a trial: a pure function of the evidence about it.

The first row that holds decides:

| state       | evidence                                                                           |
|-------------|------------------------------------------------------------------------------------|
| DONE        | it has a result                                                                    |
| CANCELLED   | a cancel mark is there and no worker is at it                                      |
| RUNNING     | its last attempt has no exit, and the worker lives (or may live)                   |
| PRUNED      | its last exit says so                                                              |
| FAILED      | its last exit is an error, or it was lost too often without progress               |
| SKIPPED     | its task missed data or weights at `submit --skip-missing-data`                    |
| BLOCKED     | a need is FAILED, CANCELLED, PRUNED, SKIPPED or BLOCKED                            |
| WAITING     | a need is not DONE yet                                                             |
| INTERRUPTED | its last exit: stop signal or wall limit; ready to go on                           |
| LOST        | its last attempt has no exit and the worker is gone; ready to go on                |
| READY       | none of these                                                                      |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict

from orchestrator.core.trial import FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.core.plan import Plan
    from orchestrator.core.trial import Trial

MOST_LOSSES = 3
"""A trial lost this often in a row, without one metric logged, is given up."""


class State(StrEnum):
    """What may be said of a trial."""

    DONE = "DONE"
    CANCELLED = "CANCELLED"
    RUNNING = "RUNNING"
    PRUNED = "PRUNED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    BLOCKED = "BLOCKED"
    WAITING = "WAITING"
    INTERRUPTED = "INTERRUPTED"
    LOST = "LOST"
    READY = "READY"

    @property
    def claimable(self) -> bool:
        """Whether a worker may start an attempt."""
        return self in {State.READY, State.INTERRUPTED, State.LOST}

    @property
    def ended(self) -> bool:
        """Whether the trial stays as it is until somebody types a command."""
        return self in {
            State.DONE,
            State.CANCELLED,
            State.PRUNED,
            State.FAILED,
            State.SKIPPED,
            State.BLOCKED,
        }


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="constants")

    format: int = FORMAT


class Claim(_Stored):
    """Who took an attempt, and where."""

    worker: str
    job: str
    """`slurm:123_4` or `local:PID:START`."""
    host: str
    time: float
    code: str
    """Hash of the code snapshot that the attempt runs."""


class Failure(_Stored):
    """Why an attempt failed."""

    kind: str
    """A failure class of `core.failure`."""
    message: str
    traceback: str = ""


class Exit(_Stored):
    """How an attempt ended."""

    outcome: Literal["done", "failed", "interrupted", "pruned"]
    time: float
    seconds: float
    failure: Failure | None = None


class Result(_Stored):
    """What a finished trial gave, and what it was made with."""

    metrics: dict[str, float]
    attempt: int
    time: float
    seconds: float
    """Time of the attempt that finished it."""
    code: str
    provenance: dict[str, Any] = {}
    """Host, job, GPU, package versions, git commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One execution of a trial as its folder shows it."""

    number: int
    claim: Claim | None
    """None while the claimant has made the folder but not yet written who it is."""
    alive: bool
    """Whether its worker lives, as far as anybody can tell; doubt counts as life."""
    exit: Exit | None = None
    logged: bool = False
    """Whether it logged any metric."""
    forgiven: bool = False
    """Whether `retry` was typed after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything the run folder and the scheduler say of one trial."""

    result: Result | None = None
    attempts: tuple[Attempt, ...] = ()
    cancelled: bool = False


NOTHING = Evidence()


def own_state(evidence: Evidence) -> State:
    """Return the state as far as the trial itself decides it; needs are not looked at."""
    if evidence.result is not None:
        return State.DONE
    last = evidence.attempts[-1] if evidence.attempts else None
    if last is not None and last.exit is None and last.alive:
        return State.RUNNING
    if evidence.cancelled:
        return State.CANCELLED
    if last is None or last.forgiven:
        return State.READY
    if last.exit is None:
        return State.FAILED if _lost_in_vain(evidence) else State.LOST
    match last.exit.outcome:
        case "pruned":
            return State.PRUNED
        case "failed":
            return State.FAILED
        case "interrupted":
            return State.INTERRUPTED
        case "done":  # the exit is written after the result: this worker died between checking and linking
            return State.LOST


def _lost_in_vain(evidence: Evidence) -> bool:
    recent = evidence.attempts[-MOST_LOSSES:]
    return len(recent) == MOST_LOSSES and all(
        attempt.exit is None and not attempt.logged and not attempt.forgiven for attempt in recent
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A plan with the state of each of its trials."""

    plan: Plan
    evidence: Mapping[str, Evidence]
    states: Mapping[str, State] = field(default_factory=dict)

    def count(self) -> dict[State, int]:
        """Return how many trials are in each state; a trial that two stages share counts once."""
        counts: dict[State, int] = {}
        for state in self.states.values():
            counts[state] = counts.get(state, 0) + 1
        return counts


def judge(plan: Plan, evidence: Mapping[str, Evidence]) -> Seen:
    """Return the state of every trial of the plan."""
    states: dict[str, State] = {}
    by_id = {trial.id: trial for trial in plan.trials}
    for trial in by_id.values():
        _judge(trial, by_id, evidence, states)
    return Seen(plan=plan, evidence=evidence, states=states)


def _judge(
    trial: Trial, by_id: Mapping[str, Trial], evidence: Mapping[str, Evidence], states: dict[str, State]
) -> State:
    if trial.id in states:
        return states[trial.id]
    own = own_state(evidence.get(trial.id, NOTHING))
    needs = [_judge(by_id[need], by_id, evidence, states) for need in trial.needs.values()]
    if not own.claimable:
        states[trial.id] = own
    elif trial.missing:
        states[trial.id] = State.SKIPPED
    elif any(state.ended and state is not State.DONE for state in needs):
        states[trial.id] = State.BLOCKED
    elif any(state is not State.DONE for state in needs):
        states[trial.id] = State.WAITING
    else:
        states[trial.id] = own
    return states[trial.id]
