"""The state of a trial: a pure function of the evidence about it.

The first row that holds decides:

| state       | evidence                                                                           |
|-------------|------------------------------------------------------------------------------------|
| FAILED      | one of its files is damaged, and somebody must mend or remove it                   |
| DONE        | it has a result                                                                    |
| CANCELLED   | a cancel mark is there and no worker is at it                                      |
| RUNNING     | its last attempt has no exit, and the worker lives (or may live)                   |
| PRUNED      | its last exit says so                                                              |
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
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.failure import fingerprint, may_go_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.plan import Plan
    from orchestrator.study.trial import Trial

MOST_ALIKE = 3
"""A stage of which so many trials fail in the same way, before any is DONE, is paused."""


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
        return self in {State.READY, State.INTERRUPTED, State.LOST}

    @property
    def ended(self) -> bool:
        """Whether the trial stays as it is until somebody types a command."""
        return not (self.claimable or self in {State.RUNNING, State.WAITING})


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


def judge(plan: Plan, evidence: Mapping[str, Evidence]) -> Seen:
    """Return the state of every trial of the plan; a search asks no more where that would teach it nothing.

    That is while its stage is paused, and once one of its finished trials lacks the metric it is for.
    """
    states: dict[str, State] = {}
    evidence = {identity: evidence.get(identity, Evidence()) for identity in plan.by_id}
    paused = _paused(plan, evidence)
    for trial in plan.by_id.values():  # needs come first
        needs = [states[need] for need in trial.needs.values()]
        states[trial.id] = _judged(trial, own_state(evidence[trial.id]), needs, paused)
    stopped = paused | {
        opening.stage
        for opening in plan.openings
        if first_without(opening.trials, opening.objective.metric, evidence)
    }
    openings = tuple(
        replace(opening, remaining=0) if opening.stage in stopped else opening for opening in plan.openings
    )
    return Seen(plan=replace(plan, openings=openings), evidence=evidence, states=states)


def first_without(trials: Sequence[Trial], metric: str, evidence: Mapping[str, Evidence]) -> Trial | None:
    """Return the first finished trial that does not give a metric."""
    for trial in trials:
        result = evidence[trial.id].result
        if result is not None and metric not in result.metrics:
            return trial
    return None


def _paused(plan: Plan, evidence: Mapping[str, Evidence]) -> set[str]:
    """Return the stages of which several trials failed in the same way, and none is DONE."""
    alike: dict[str, Counter[str]] = {}
    done: set[str] = set()
    for trial in plan.trials:
        found = evidence[trial.id]
        if found.result is not None:
            done.add(trial.stage)
        elif found.attempts and own_state(found) is State.FAILED:
            last = found.attempts[-1].exit
            if last is not None and last.failure is not None:
                alike.setdefault(trial.stage, Counter())[fingerprint(last.failure)] += 1
    return {
        stage
        for stage, counts in alike.items()
        if stage not in done and max(counts.values(), default=0) >= MOST_ALIKE
    }


def _judged(trial: Trial, own: State, needs: Sequence[State], paused: set[str]) -> State:
    if not own.claimable:
        return own
    if trial.missing:
        return State.SKIPPED
    if trial.stage in paused:
        return State.PAUSED
    if any(state.ended and state is not State.DONE for state in needs):
        return State.BLOCKED
    return own if all(state is State.DONE for state in needs) else State.WAITING
