"""Constraints and starting points of a search, checked before anything is drawn."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import listed, nearest, shown
from orchestrator.study.matrix import is_among
from orchestrator.study.searches.constraint import ConstraintError, fulfilled, holds, names_in
from orchestrator.study.searches.space import Range
from orchestrator.study.searches.tree import (
    NotChosenError,
    active,
    at_random,
    every,
    has,
    laid,
    overlap,
    tree_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.study.searches.search import Search
    from orchestrator.study.searches.tree import Choice
    from orchestrator.study.study import Point

_DRAWS = 10_000
"""So many points are drawn at random before a constraint counts as one that nothing meets."""


def meets(search: Search, fixed: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Say whether an answer meets the constraints; `fixed` are the parameters beside the searched.

    A constraint that speaks of what is not searched beside the answer's other values holds.
    """
    if not search.constraints:
        return True
    silent = [name for name in search.names if name not in params]
    return fulfilled(search.constraints, laid("", laid("", {}, fixed), params), silent)


def check_constraints(
    search: Search,
    points: Sequence[Point],
    later: Collection[str],
    keys: Keys,
    problems: Problems,
    *,
    grid: bool = False,
) -> None:
    """Note constraints that are none, that speak of what is not there, or that nothing meets.

    `later` are parameters that needs hand on, of which no value is known yet. Of a grid nothing is drawn.
    """
    before = len(problems.found)
    used = set[str]()
    for index, condition in enumerate(search.constraints):
        place = (*keys, "constraints", index)
        try:
            names = names_in(condition)
        except ConstraintError as error:
            problems.add(place, str(error), "write a condition on parameters, as `lr * batch_size <= 1`")
            continue
        used |= names
        fixed = points[0].params if points else {}
        for name in sorted(names):
            if (
                points
                and not has(fixed, name)
                and not any(overlap(name, one) for one in (*search.names, *later))
            ):
                hint = nearest(name, [*search.names, *later, *fixed])
                problems.add(place, f"`{name}` is neither searched nor a parameter", hint)
    if grid or len(problems.found) > before or used & {*later}:
        return
    for index, given in enumerate(({}, *search.enqueue)):
        place = (*keys, "enqueue", index - 1) if index else (*keys, "constraints")
        unmet = next((point for point in points if not _can_meet(search, point, given)), None)
        if unmet is not None:
            problems.add(place, *_unmet(search, unmet, given))
            return


def _can_meet(search: Search, point: Point, given: Mapping[str, Any]) -> bool:
    """Say whether what is left out of a given point can be chosen so that it meets the constraints."""
    tree, generator, before = tree_of(search.space), random.Random(0), None
    for _ in range(_DRAWS if search.constraints else 0):
        params = at_random(tree, generator, given)
        if meets(search, point.params, params):
            return True
        if params == before:  # nothing is left out
            break
        before = params
    return not search.constraints


def _unmet(search: Search, point: Point, given: Mapping[str, Any]) -> tuple[str, str]:
    """Return what to say of constraints that nothing meets, and why the first of them cannot be computed."""
    params = at_random(tree_of(search.space), random.Random(0), given)
    whole = laid("", laid("", {}, point.params), params)
    hint = "loosen `constraints:`, or let `space:` reach where they hold"
    for condition in search.constraints:
        if names_in(condition).isdisjoint(set(search.names) - params.keys()):
            try:
                holds(condition, whole)
            except ConstraintError as error:
                hint = str(error)
    at = f" at point {shown(point.axes)}" if point.axes else ""
    if given:
        return f"point {shown(given)} does not meet {listed(search.constraints)}{at}", hint
    return f"nothing drawn meets {listed(search.constraints)}{at}", hint


def check_enqueued(search: Search, keys: Keys, problems: Problems) -> None:
    """Note starting points that lie outside of the space."""
    for index, point in enumerate(search.enqueue):
        _check_enqueued(search, point, (*keys, "enqueue", index), problems)


def _check_enqueued(search: Search, point: Mapping[str, Any], keys: Keys, problems: Problems) -> None:
    reached = set[str]()

    def choose(one: Choice) -> Any:
        if one.name not in point:
            raise NotChosenError
        reached.add(one.name)
        if wrong := _outside(one.values, point[one.name]):
            problems.add((*keys, one.name), f"`{shown(point[one.name])}` {wrong}")
        return point[one.name]

    active(tree_of(search.space), choose)
    for name in (name for name in point if name not in reached):
        one = next((one for one in every(search.space) if one.name == name), None)
        if one is None:
            problems.add((*keys, name), f"`{name}` is not searched", nearest(name, search.names))
        else:
            message = (
                f"`{name}` is searched only with {shown(dict(one.where))}, which the point does not have"
            )
            problems.add((*keys, name), message, f"add that to the point, or leave `{name}` out")


def _outside(values: list[Any] | Range, value: Any) -> str | None:
    """Return why a value is none of those that may be chosen."""
    if not isinstance(values, Range):
        return None if is_among(value, values) else f"is not one of {listed(values)}"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"is no number from {values.low} to {values.high}"
    whole = isinstance(values.low, int) and isinstance(values.high, int)
    if not values.low <= value <= values.high or (whole and not float(value).is_integer()):
        return f"is no {'whole ' * whole}number from {values.low} to {values.high}"
    steps = (value - values.low) / values.step if values.step else 0
    return (
        None
        if abs(steps - round(steps)) < 1e-8
        else f"is not on the steps of {values.step} from {values.low}"
    )
