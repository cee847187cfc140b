"""Values of searched parameters as places on an axis: numbers as they are, all others side by side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable
from orchestrator.study.searches.search import Range
from orchestrator.study.trial import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.searches.outcome import SearchResults

_FARTHEST = 1e30
"""Nothing is drawn beyond: axes are computed with sums and products of what is on them."""
_WIDE = 100
"""Numbers of which the largest is more than so many times the least are shown on a log scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterAxis:
    """A parameter as an axis of a figure."""

    name: str
    log: bool = False
    listed: tuple[Any, ...] = ()
    """The values, where they are shown side by side; none for numbers."""

    def place(self, value: Any) -> float:
        """Return where a value stands: its exponent on a log scale, its place in a list."""
        if self.listed:
            return float([comparable(other) for other in self.listed].index(comparable(value)))
        return math.log10(value) if self.log else drawable(float(value))

    def told(self, place: float) -> str:
        """Return the value that stands at a place."""
        if self.listed:
            return self.labels[round(place)]
        return f"{10**place if self.log else place:.4g}"

    @property
    def labels(self) -> list[str]:
        """What stands at the places of a list."""
        return [quoted(value) for value in self.listed]


def drawable(value: float) -> float:
    """Return where a value is drawn: of one that is too far away the end of what can be."""
    return max(-_FARTHEST, min(_FARTHEST, value))


def parameter_axis(results: SearchResults, name: str) -> ParameterAxis:
    """Return the axis of a parameter: that of its space, else what its values look like."""
    space = results.space.get(name)
    if isinstance(space, Range):
        return ParameterAxis(name=name, log=space.log)
    given = [one.params[name] for one in results.outcomes if name in one.params]
    if isinstance(space, list):
        return ParameterAxis(name=name, listed=tuple(space))
    return axis_of(name, given)


def axis_of(name: str, given: Sequence[Any]) -> ParameterAxis:
    """Return the axis that values look like: numbers as they are or by their powers, all others listed."""
    if all(_is_number(value) for value in given):
        wide = bool(given) and min(given) > 0 and max(given) / min(given) > _WIDE
        return ParameterAxis(name=name, log=wide)
    return ParameterAxis(name=name, listed=_distinct(given))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _distinct(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple({comparable(value): value for value in values}.values())
