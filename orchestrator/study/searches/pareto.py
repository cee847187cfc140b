"""Which values are best where several objectives are compared: those that no other value beats."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.study.objective import Objective

Values = tuple[float, ...]
"""One for each objective."""


def improves(values: Values, earlier: Iterable[Values], objectives: Sequence[Objective]) -> bool:
    """Say whether values are better in some objective than each of the earlier ones."""
    own = _keys(values, objectives)
    return not any(_at_least_as_good(_keys(other, objectives), own) for other in earlier)


def pareto_front(values: Sequence[Values], objectives: Sequence[Objective]) -> list[int]:
    """Return the places of the values that none beats: at least as good in all objectives, better in one.

    Equal values are in it together.
    """
    keys = [_keys(one, objectives) for one in values]
    front: list[Values] = []
    for key in sorted(set(keys)):  # whoever beats it comes before
        if not any(_at_least_as_good(other, key) for other in front):
            front.append(key)
    kept = set(front)
    return [place for place, key in enumerate(keys) if key in kept]


def _keys(values: Values, objectives: Sequence[Objective]) -> Values:
    return tuple(objective.key(value) for objective, value in zip(objectives, values, strict=True))


def _at_least_as_good(one: Values, other: Values) -> bool:
    return all(mine <= its for mine, its in zip(one, other, strict=True))
