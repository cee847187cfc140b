"""What a sampler is told of the answers that a search gave so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.answer_outcome import outcomes
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.answer_outcome import AnswerOutcome, OutcomeState
    from orchestrator.evidence.state import Seen
    from orchestrator.study.opening import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An earlier answer with what came of it."""

    number: int
    params: Mapping[str, Any]
    """What the search chose, by the names of its space."""
    state: OutcomeState
    """`failed` where no value will come, or one that is not finite; `running` while it has none."""
    values: tuple[float, ...] = ()
    """One for each objective, where it is complete."""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    """What the sampler noted with the answer."""


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


def what_came_of(opening: Opening, seen: Seen) -> list[Told]:
    """Return what a sampler is told before the next answer is drawn."""
    return [_told(outcome) for outcome in heard(opening, seen)]


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


def _told(outcome: AnswerOutcome) -> Told:
    answer = outcome.answer
    return Told(
        number=answer.number,
        params=answer.params,
        state=outcome.state,
        values=outcome.values,
        attrs=answer.attrs,
    )
