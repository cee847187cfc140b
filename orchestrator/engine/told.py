"""What a sampler is told of the answers that a search gave so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.opening import Answer, Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An earlier answer with what came of it."""

    number: int
    params: Mapping[str, Any]
    """What the search chose, by the names of its space."""
    state: Literal["running", "complete", "pruned", "failed"]
    """`failed` where no value will come, or one that is not finite; `running` while it has none."""
    values: tuple[float, ...] = ()
    """One for each objective, where it is complete."""
    attrs: Mapping[str, Any] = field(default_factory=dict)
    """What the sampler noted with the answer."""


def what_came_of(opening: Opening, seen: Seen) -> list[Told]:
    """Return the answers of a search with what came of them; one that repeats another is told once."""
    first: dict[tuple[str, ...], Answer] = {}
    for answer in opening.answers:
        first.setdefault(tuple(trial.id for trial in answer.trials), answer)
    return [replace(_told(answer, opening, seen), attrs=answer.attrs) for answer in first.values()]


def _told(answer: Answer, opening: Opening, seen: Seen) -> Told:
    trial = answer.trials[0]
    result = seen.evidence[trial.id].result
    if result is None:
        state: Literal["failed", "running"] = "failed" if seen.states[trial.id].ended else "running"
        return Told(number=answer.number, params=answer.params, state=state)
    value = result.metrics.get(opening.search.objective.metric, math.nan)
    if not math.isfinite(value):
        return Told(number=answer.number, params=answer.params, state="failed")
    return Told(number=answer.number, params=answer.params, state="complete", values=(value,))
