"""What a sampler is told of the answers that a search gave so far, and a pruner of its trials."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.answer_outcome import outcomes, trial_outcome
from orchestrator.evidence.state import State
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.answer_outcome import AnswerOutcome, OutcomeState
    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Answer, Opening
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """How a trial went so far, as far as a pruner looks at it."""

    curve: Mapping[int, float] = field(default_factory=dict)
    """Step -> the value that was logged first."""
    noted: Mapping[str, float] = field(default_factory=dict)
    """What the pruner noted beside it, as the rungs that it has completed."""

    def until(self, step: int) -> History:
        """Return how it went up to a step."""
        return History(
            curve={one: value for one, value in self.curve.items() if one <= step}, noted=self.noted
        )


_NOTHING = History()
_NONE: Mapping[str, History] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An earlier answer, or for a pruner an earlier trial, with what came of it."""

    number: int
    params: Mapping[str, Any] = field(default_factory=dict)
    """What the search chose, by the names of its space."""
    state: OutcomeState
    """`failed` where no value will come, or one that is not finite; `running` while it has none."""
    values: tuple[float, ...] = ()
    """One for each objective, where it is complete."""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    """What the sampler noted with the answer."""
    history: History = _NOTHING
    """How it went, where the search has a pruner."""
    finished: float = 0.0
    """When it was complete, as a Unix time."""

    @property
    def curve(self) -> Mapping[int, float]:
        """Step -> value of the metric that the pruner looks at."""
        return self.history.curve


def heard(opening: Opening, seen: Seen) -> list[AnswerOutcome]:
    """Return what the next answer depends on; one that repeats another counts once.

    Where a search asks in rounds nothing is known yet of the answers of the same round.
    """
    found = outcomes(opening, seen)
    rounds = opening.search.rounds
    if rounds is None:
        return found
    before = len(opening.answers) // rounds * rounds
    return [one if one.answer.number <= before else replace(one, state="running", values=()) for one in found]


def what_came_of(opening: Opening, seen: Seen, histories: Mapping[str, History] = _NONE) -> list[Told]:
    """Return what a sampler is told before the next answer is drawn.

    `histories` says how trials went, by their ids; it is empty where the search has no pruner.
    """
    return [_told(outcome, seen, histories) for outcome in heard(opening, seen)]


def all_that_came(opening: Opening, seen: Seen) -> list[Told]:
    """Return what came of all answers: for who looks, not for a sampler that asks in rounds."""
    return [_told(outcome, seen, _NONE) for outcome in outcomes(opening, seen)]


def _told(outcome: AnswerOutcome, seen: Seen, histories: Mapping[str, History]) -> Told:
    answer = outcome.answer
    return Told(
        number=answer.number,
        params=answer.params,
        state=outcome.state,
        values=outcome.values,
        attrs=answer.attrs,
        history=_NOTHING if outcome.state == "running" else _history(answer, seen, histories),
        finished=max(_finished(trial, seen) for trial in answer.trials),
    )


def _history(answer: Answer, seen: Seen, histories: Mapping[str, History]) -> History:
    """Return how an answer went: as that of its trials which was pruned, where one was, else as its first."""
    pruned = (trial for trial in answer.trials if seen.states[trial.id] is State.PRUNED)
    return histories.get(next(pruned, answer.trials[0]).id, _NOTHING)


def _finished(trial: Trial, seen: Seen) -> float:
    result = seen.evidence[trial.id].result
    return result.time if result else 0.0


def each_trial(opening: Opening, seen: Seen, histories: Mapping[str, History]) -> list[Told]:
    """Return what a pruner is told: how every trial of a search went, in the order of `Opening.trials`."""
    told = []
    for number, trial in enumerate(opening.trials, 1):
        state, values = trial_outcome(trial, opening.search, seen)
        told.append(
            Told(
                number=number,
                state=state,
                values=values,
                history=histories.get(trial.id, _NOTHING),
                finished=_finished(trial, seen),
            )
        )
    return told


def first_finished(told: Sequence[Told]) -> Told | None:
    """Return what was complete first of that which has a curve: by it Optuna measures how long trials are."""
    whole = [one for one in told if one.state == "complete" and one.curve]
    return min(whole, key=lambda one: (one.finished, one.number), default=None)


def with_drawn(
    told: Sequence[Told], number: int, params: Mapping[str, Any], attrs: Mapping[str, Any] | None = None
) -> list[Told]:
    """Return what is told before the answer that is drawn after this one, together with it."""
    if any(comparable(dict(one.params)) == comparable(dict(params)) for one in told):
        return list(told)
    return [*told, Told(number=number, params=params, state="running", attrs=attrs or {})]


def ended_before(opening: Opening, seen: Seen) -> tuple[str, ...]:
    """Return the trials of which the next answer's sampler is told what came of them."""
    ended = (one for one in heard(opening, seen) if one.state != "running")
    return tuple(dict.fromkeys(trial.id for one in ended for trial in one.answer.trials))
