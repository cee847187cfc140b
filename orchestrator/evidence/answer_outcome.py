"""What came of the answers of a search: the value of each, or why it has none."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Answer, Opening
    from orchestrator.study.searches.search import Search
    from orchestrator.study.trial import Trial

OutcomeState = Literal["running", "complete", "pruned", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOutcome:
    """An answer with what came of it."""

    answer: Answer
    state: OutcomeState
    """`failed` where no value will come, or one that is not finite; `running` while it has none."""
    values: tuple[float, ...] = ()
    """One for each objective, the mean over its trials, where it is complete."""


def outcomes(opening: Opening, seen: Seen) -> list[AnswerOutcome]:
    """Return what came of the answers in the order of their numbers; one that repeats another is left out."""
    first: dict[tuple[str, ...], Answer] = {}
    for answer in opening.answers:
        first.setdefault(tuple(trial.id for trial in answer.trials), answer)
    return [_outcome(answer, opening.search, seen) for answer in first.values()]


def _outcome(answer: Answer, search: Search, seen: Seen) -> AnswerOutcome:
    values = [_trial_values(trial, search, seen) for trial in answer.trials]
    lost = [
        trial
        for trial, own in zip(answer.trials, values, strict=True)
        if seen.states[trial.id].ended and not (own and all(map(math.isfinite, own)))
    ]
    if any(seen.states[trial.id] is not State.PRUNED for trial in lost):
        return AnswerOutcome(answer=answer, state="failed")
    if any(not seen.states[trial.id].ended for trial in answer.trials):
        return AnswerOutcome(answer=answer, state="running")
    if lost:
        return AnswerOutcome(answer=answer, state="pruned")
    if len(values) > 1:
        values = [tuple(statistics.mean(column) for column in zip(*values, strict=True))]
    return AnswerOutcome(answer=answer, state="complete", values=values[0])


def trial_outcome(trial: Trial, search: Search, seen: Seen) -> tuple[OutcomeState, tuple[float, ...]]:
    """Return what came of one trial, and its values where it is complete."""
    values, state = _trial_values(trial, search, seen), seen.states[trial.id]
    if values:
        return ("complete", values) if all(map(math.isfinite, values)) else ("failed", ())
    if state is State.PRUNED:
        return "pruned", ()
    return ("failed" if state.ended else "running"), ()


def _trial_values(trial: Trial, search: Search, seen: Seen) -> tuple[float, ...]:
    """Return a finished trial's value for each objective, NaN where it has none; empty without a result."""
    result = seen.evidence[trial.id].result
    if result is None:
        return ()
    return tuple(result.metrics.get(objective.metric, math.nan) for objective in search.objectives)
