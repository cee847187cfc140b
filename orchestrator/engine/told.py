"""What a sampler is told of the answers that a search gave so far."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.opening import Answer, Opening


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
    history: History = _NOTHING
    """How it went, where the search has a pruner."""
    finished: float = 0.0
    """When it was complete, as a Unix time."""

    @property
    def curve(self) -> Mapping[int, float]:
        """Step -> value of the metric that the pruner looks at."""
        return self.history.curve


def what_came_of(
    opening: Opening, seen: Seen, histories: Mapping[str, History] = MappingProxyType({})
) -> list[Told]:
    """Return the answers of a search with what came of them; one that repeats another is told once.

    `histories` says how trials went, by their ids; it is empty where the search has no pruner.
    """
    first: dict[tuple[str, ...], Answer] = {}
    for answer in opening.answers:
        first.setdefault(tuple(trial.id for trial in answer.trials), answer)
    return [_told(answer, opening, seen, histories) for answer in first.values()]


def _told(answer: Answer, opening: Opening, seen: Seen, histories: Mapping[str, History]) -> Told:
    trial = answer.trials[0]
    history, result = histories.get(trial.id, _NOTHING), seen.evidence[trial.id].result
    if result is None:
        state = _without_result(seen.states[trial.id])
        return Told(number=answer.number, params=answer.params, state=state, history=history)
    value = result.metrics.get(opening.search.objective.metric, math.nan)
    if not math.isfinite(value):
        return Told(number=answer.number, params=answer.params, state="failed", history=history)
    return Told(
        number=answer.number,
        params=answer.params,
        state="complete",
        values=(value,),
        history=history,
        finished=result.time,
    )


def _without_result(state: State) -> Literal["running", "pruned", "failed"]:
    if state is State.PRUNED:
        return "pruned"
    return "failed" if state.ended else "running"


def first_finished(told: Sequence[Told]) -> Told | None:
    """Return what was complete first of that which has a curve: by it Optuna measures how long trials are."""
    whole = [one for one in told if one.state == "complete" and one.curve]
    return min(whole, key=lambda one: (one.finished, one.number), default=None)
