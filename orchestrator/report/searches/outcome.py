"""A search at one point as plain values: its answers, what came of each, and which are best."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.study.searches.pareto import pareto_front
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.figures.curves import Track
    from orchestrator.study.objective import Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownAnswer:
    """An answer of a search, and what came of it."""

    number: int
    params: Mapping[str, Any]
    """What the search chose, by the names of its space."""
    state: Literal["running", "complete", "pruned", "failed"]
    values: tuple[float, ...] = ()
    """One for each objective, where it is complete."""
    trials: tuple[str, ...] = ()
    """The ids of those that tried it."""
    curve: Track = ()
    """What its first trial logged of the metric that pruning looks at."""
    steps: int = 0
    """How many steps its trials have logged."""
    seconds: float = 0.0
    """Time of all attempts."""
    gpus: int = 0


@dataclass(frozen=True, kw_only=True)
class SearchResults:
    """A search at one point of the axes around it, as far as it has got."""

    stage: str
    key: str
    """Names the search by its content."""
    axes: Mapping[str, Any] = field(default_factory=dict)
    """The point."""
    objectives: tuple[Objective, ...]
    space: Mapping[str, Any] = field(default_factory=dict)
    """Parameter -> its values or its range, as the study has them."""
    planned: int
    """How many answers it is asked for in all."""
    asked: int
    """How many it gave so far, repeated ones included."""
    outcomes: tuple[ShownAnswer, ...] = ()
    """In the order of their numbers; one that repeats another is told once."""

    @property
    def finished(self) -> list[ShownAnswer]:
        """Those that have a value."""
        return [one for one in self.outcomes if one.state == "complete"]

    @property
    def names(self) -> list[str]:
        """The parameters that any answer has, those of the space first."""
        found = [name for one in self.outcomes for name in one.params]
        return [*(name for name in self.space if name in found), *dict.fromkeys(_others(found, self.space))]

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return f"{self.stage}, {axes_text(self.axes)}" if self.axes else self.stage

    @property
    def is_over(self) -> bool:
        """Whether no value will come any more."""
        return self.asked >= self.planned and all(one.state != "running" for one in self.outcomes)

    def count(self, state: str) -> int:
        """Return how many answers are in a state."""
        return sum(one.state == state for one in self.outcomes)


def _others(names: Sequence[str], space: Mapping[str, Any]) -> list[str]:
    return [name for name in names if name not in space]


def best_outcomes(results: SearchResults) -> list[ShownAnswer]:
    """Return the best answer, the first of equals; with several objectives all that none is better than."""
    if len(results.objectives) > 1:
        return front(results)
    (objective,) = results.objectives
    found = results.finished
    return [min(found, key=lambda one: objective.key(one.values[0]))] if found else []


def front(results: SearchResults) -> list[ShownAnswer]:
    """Return the answers that no other is at least as good as in everything and better in something.

    They are in the order of the first objective; of answers with the same values the first is taken.
    """
    values = [one.values for one in results.finished]
    first = {
        results.finished[place].values: results.finished[place]
        for place in reversed(pareto_front(values, results.objectives))
    }
    return sorted(first.values(), key=lambda one: (results.objectives[0].key(one.values[0]), one.number))
