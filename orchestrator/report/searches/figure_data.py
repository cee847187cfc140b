"""What the figures of a search show, as values: nothing is drawn here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.report.searches.outcome import front
from orchestrator.report.searches.parameter_axis import ParameterAxis, drawable, parameter_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.figures.curves import Track
    from orchestrator.report.searches.outcome import SearchResults, ShownAnswer

MOST_AXES = 8
"""Parameters in one figure, the most important ones."""
_MOST_POINTS = 200
"""Of a curve; a line on paper shows no more."""
_MOST_CURVES = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHistory:
    """The values of a search in the order of its answers."""

    label: str
    finished: tuple[tuple[int, float], ...]
    """Number of the answer and its value."""
    best: tuple[tuple[int, float], ...]
    """The best so far, wherever it changes, and at the last answer."""
    pruned: tuple[int, ...]
    failed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParallelLines:
    """Each finished answer as a line across the axes of its parameters."""

    axes: tuple[ParameterAxis, ...]
    lines: tuple[tuple[float | None, ...], ...]
    """Places on the axes; None where an answer has no such parameter. The best are last, and so on top."""
    values: tuple[float, ...]
    """The objective of each line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One parameter against the objective."""

    axis: ParameterAxis
    points: tuple[tuple[float, float, int], ...]
    """CellPlace on the axis, value, number of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contour:
    """Two parameters with the objective over them."""

    across: ParameterAxis
    up: ParameterAxis
    points: tuple[tuple[float, float, float], ...]
    """Places on both axes, and the value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoFront:
    """The first two objectives of each finished answer."""

    names: tuple[str, str]
    points: tuple[tuple[float, float], ...]
    front: tuple[tuple[float, float], ...]
    """Those that none is better than, in the order of the first objective."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingCurves:
    """What was logged during training, with what came of it."""

    curves: tuple[tuple[Literal["complete", "failed", "pruned", "running"], Track], ...]
    best: Track
    """The curve of the best answer."""
    left_out: int
    """Curves that are not shown, since there are too many."""


def history(results: SearchResults, objective: int = 0) -> SearchHistory:
    """Return the values of one objective, and the best so far."""
    finished = tuple((one.number, _value(one, objective)) for one in results.finished)
    key, best = results.objectives[objective].key, list[tuple[int, float]]()
    for number, value in finished:
        if not best or key(value) < key(best[-1][1]):
            best.append((number, value))
    if best and results.outcomes[-1].number > best[-1][0]:
        best.append((results.outcomes[-1].number, best[-1][1]))
    return SearchHistory(
        label=results.title,
        finished=finished,
        best=tuple(best),
        pruned=tuple(one.number for one in results.outcomes if one.state == "pruned"),
        failed=tuple(one.number for one in results.outcomes if one.state == "failed"),
    )


def parallel_lines(results: SearchResults, names: Sequence[str], objective: int = 0) -> ParallelLines:
    """Return each finished answer across these parameters."""
    axes = [parameter_axis(results, name) for name in names[:MOST_AXES]]
    key = results.objectives[objective].key
    ranked = sorted(results.finished, key=lambda one: key(one.values[objective]), reverse=True)
    return ParallelLines(
        axes=tuple(axes),
        lines=tuple(tuple(_place(axis, one) for axis in axes) for one in ranked),
        values=tuple(_value(one, objective) for one in ranked),
    )


def slices(results: SearchResults, names: Sequence[str], objective: int = 0) -> list[Slice]:
    """Return each of these parameters against the objective."""
    axes = [parameter_axis(results, name) for name in names[:MOST_AXES]]
    return [
        Slice(
            axis=axis,
            points=tuple(
                (axis.place(one.params[axis.name]), _value(one, objective), one.number)
                for one in results.finished
                if axis.name in one.params
            ),
        )
        for axis in axes
    ]


def contour(results: SearchResults, across: str, up: str, objective: int = 0) -> Contour:
    """Return two parameters with the objective over them."""
    axes = parameter_axis(results, across), parameter_axis(results, up)
    return Contour(
        across=axes[0],
        up=axes[1],
        points=tuple(
            (axes[0].place(one.params[across]), axes[1].place(one.params[up]), _value(one, objective))
            for one in results.finished
            if across in one.params and up in one.params
        ),
    )


def pareto_front(results: SearchResults) -> ParetoFront:
    """Return the first two of several objectives."""
    first, second = results.objectives[:2]
    return ParetoFront(
        names=(first.metric, second.metric),
        points=tuple((_value(one, 0), _value(one, 1)) for one in results.finished),
        front=tuple((_value(one, 0), _value(one, 1)) for one in front(results)),
    )


def training_curves(results: SearchResults, best: ShownAnswer | None) -> TrainingCurves:
    """Return what was logged; of very many curves as many of each state as there is room for."""
    logged = [one for one in results.outcomes if len(one.curve) > 1]
    every = -(-len(logged) // _MOST_CURVES) or 1
    kept = [
        one for state in sorted({one.state for one in logged}) for one in _of(logged, state)[::every]
    ]  # every so manieth of each state
    return TrainingCurves(
        curves=tuple((one.state, _thinned(one.curve)) for one in kept),
        best=_thinned(best.curve) if best else (),
        left_out=len(logged) - len(kept),
    )


def _of(outcomes: Sequence[ShownAnswer], state: str) -> list[ShownAnswer]:
    return [one for one in outcomes if one.state == state]


def _thinned(track: Track) -> Track:
    """Return so many points of a curve that a line looks the same, its last among them."""
    every = -(-len(track) // _MOST_POINTS) or 1
    kept = (*track[:-1:every], track[-1]) if track else ()
    return tuple((step, drawable(value) if math.isfinite(value) else math.nan) for step, value in kept)


def _value(one: ShownAnswer, objective: int) -> float:
    return drawable(one.values[objective])


def _place(axis: ParameterAxis, one: ShownAnswer) -> float | None:
    return axis.place(one.params[axis.name]) if axis.name in one.params else None
