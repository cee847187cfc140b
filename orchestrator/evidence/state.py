"""The state of a trial: a pure function of the evidence about it.

The first row that holds decides:

| state       | evidence                                                                           |
|-------------|------------------------------------------------------------------------------------|
| FAILED      | one of its files is damaged, and somebody must mend or remove it                   |
| DONE        | it has a result                                                                    |
| CANCELLED   | a cancel mark is there and no worker is at it                                      |
| RUNNING     | its last attempt has no exit, and the worker lives (or may live)                   |
| PRUNED      | its last exit says so, and only searches with a pruner want it; else INTERRUPTED   |
| FAILED      | its last attempt ended so that no other follows by itself (evidence/failure.py)    |
| SKIPPED     | its task missed data or weights at `submit --skip-missing-data`                    |
| PAUSED      | trials of its stage failed in the same way, and none is DONE                       |
| BLOCKED     | a need is FAILED, CANCELLED, PRUNED, SKIPPED, PAUSED or BLOCKED                    |
| WAITING     | a need is not DONE yet                                                             |
| INTERRUPTED | its last exit: stop signal or wall limit; ready to go on                           |
| LOST        | its last attempt has no exit and the worker is gone; ready to go on                |
| READY       | none of these; after a failure too, if its class is repeated                       |
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.evidence.failure import may_go_on

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.evidence import Evidence
    from orchestrator.study.plan import Plan


class State(StrEnum):
    """What may be said of a trial."""

    DONE = "DONE"
    CANCELLED = "CANCELLED"
    RUNNING = "RUNNING"
    PRUNED = "PRUNED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    PAUSED = "PAUSED"
    BLOCKED = "BLOCKED"
    WAITING = "WAITING"
    INTERRUPTED = "INTERRUPTED"
    LOST = "LOST"
    READY = "READY"

    @property
    def claimable(self) -> bool:
        """Whether a worker may start an attempt."""
        return self in _CLAIMABLE

    @property
    def ended(self) -> bool:
        """Whether the trial stays as it is until somebody types a command."""
        return self not in _MAY_CHANGE


_CLAIMABLE = frozenset({State.READY, State.INTERRUPTED, State.LOST})
_MAY_CHANGE = _CLAIMABLE | {State.RUNNING, State.WAITING}


def own_state(evidence: Evidence) -> State:
    """Return the state as far as the trial itself decides it; needs are not looked at."""
    if evidence.damage:
        return State.FAILED
    if evidence.result is not None:
        return State.DONE
    last = evidence.attempts[-1] if evidence.attempts else None
    if last is not None and last.exit is None and last.alive:
        return State.RUNNING
    if evidence.cancelled:
        return State.CANCELLED
    if last is None or not evidence.recent:
        return State.READY
    if last.exit is not None and last.exit.outcome == "pruned":
        return State.PRUNED
    # The exit is written after the result: one that says `done` beside no result had its result taken away.
    if last.kind != "done" and not may_go_on(evidence):
        return State.FAILED
    if last.exit is None or last.exit.outcome == "done":
        return State.LOST
    return State.INTERRUPTED if last.exit.outcome == "interrupted" else State.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A plan with the state of each of its trials."""

    plan: Plan
    evidence: Mapping[str, Evidence]
    """Of every trial, an empty one where nothing is known."""
    states: Mapping[str, State]

    def count(self) -> Counter[State]:
        """Return how many trials are in each state; a trial that two stages share counts once."""
        return Counter(self.states.values())
