"""Figures as plain values for the page, which draws them itself: lists and numbers, nothing of a library."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from orchestrator.report.page.trial_details import evenly, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.figures.curves import Curves, Series, Track
    from orchestrator.report.page.findings import Agreement
    from orchestrator.report.searches.figure_data import (
        Contour,
        ParallelLines,
        ParetoFront,
        SearchHistory,
        Slice,
        TrainingCurves,
    )
    from orchestrator.report.searches.parameter_axis import ParameterAxis

Chart = dict[str, Any]
"""`kind`, `says` (what is seen, for who does not see it), `told` (a further note), what the kind needs."""
_MOST_POINTS = 200
_MOST_MARKS = 2000
"""Points of a cloud: the eye tells no more apart, and a browser draws as many at once."""
_MOST_LINES = 300
_NAMED = 6
MOST_ROWS = 15
"""Tables whose deviations are drawn: those that deviate most."""


def curves_chart(curves: Curves) -> Chart:
    """Return learning curves: a line per seed, their mean, and the band between least and greatest."""
    y = curves.definition.quantity
    x = curves.definition.x_label
    drawn = [one for one in curves.series if one.lines]
    ends = [f"{one.label} {_brief(_end(one))}" for one in drawn[:_NAMED]]
    more = f" and {len(drawn) - _NAMED} more" if len(drawn) > _NAMED else ""
    says = f"Lines of {y} over {x}. Last values: {'; '.join(ends)}{more}."
    several = any(len(one.lines) > 1 for one in drawn)
    return {
        "kind": "curves", "says": says, "x": x, "y": y,
        "told": "Band: from the least to the greatest seed." if several else "",
        "series": [
            {
                "label": one.label,
                "color": one.color,
                "dash": one.dash,
                "lines": [_points(line) for line in one.lines],
                "mean": _points(one.mean()),
                "band": _band(one) if len(one.lines) > 1 else [],
            }
            for one in drawn
        ],
    }  # fmt: skip


def _end(series: Series) -> float | None:
    mean = series.mean() or (series.lines[0] if series.lines else ())
    return mean[-1][1] if mean else None


def _band(series: Series) -> list[list[float | None]]:
    """Return step, least and greatest value, as far as every seed goes."""
    known = [dict(line) for line in series.lines if line]
    shared = sorted(set.intersection(*(set(line) for line in known)))
    found = [[step, *map(rounded, _least_and_most([line[step] for line in known]))] for step in shared]
    return evenly(found, _MOST_POINTS)


def _least_and_most(values: Sequence[float]) -> tuple[float, float]:
    return min(values), max(values)


def _points(track: Track) -> list[list[float | None]]:
    return [[step, rounded(value)] for step, value in evenly(track, _MOST_POINTS)]


def history_chart(histories: Sequence[SearchHistory], metric: str) -> Chart:
    """Return values in the order of their answers, with the best so far."""
    best = [f"{one.label} {_brief(one.best[-1][1])}" for one in histories if one.best]
    says = f"{metric} of each answer in order, and the best so far. The best: {_named(best)}."
    return {
        "kind": "history", "says": says, "metric": metric,
        "searches": [
            {
                "label": one.label,
                "finished": _cloud(one.finished),
                "best": [list(point) for point in one.best],
                "pruned": list(one.pruned),
                "failed": list(one.failed),
            }
            for one in histories
        ],
    }  # fmt: skip


def slices_chart(slices: Sequence[Slice], metric: str) -> Chart:
    """Return each parameter against the objective."""
    says = f"Points: {metric} against {_named([one.axis.name for one in slices])}, an answer each."
    each = [{"axis": _axis(one.axis), "points": _cloud(one.points)} for one in slices]
    return {"kind": "slices", "says": says, "metric": metric, "slices": each}


def parallel_chart(lines: ParallelLines, metric: str, *, more: bool) -> Chart:
    """Return each answer across its parameters; of very many the last ones, which are the best."""
    kept = lines.lines[-_MOST_LINES:]
    says = (
        f"A line for each of {len(kept)} answers across {_named([axis.name for axis in lines.axes])}, "
        f"coloured by {metric}."
    )
    return {
        "kind": "parallel", "says": says, "metric": metric, "more": more,
        "axes": [_axis(axis) for axis in lines.axes],
        "lines": [[None if place is None else rounded(place) for place in line] for line in kept],
        "values": [rounded(value) for value in lines.values[-_MOST_LINES:]],
    }  # fmt: skip


def importance_chart(importance: Mapping[str, float], metric: str) -> Chart:
    """Return a bar for each parameter, the most important first."""
    bars = [[name, rounded(value)] for name, value in list(importance.items())[:12]]
    says = f"Bars: how much each parameter decides {metric}. " + _named([f"{a} {b:.2f}" for a, b in bars])
    return {"kind": "importance", "says": f"{says}.", "bars": bars}


def contour_chart(contour: Contour, metric: str, *, more: bool) -> Chart:
    """Return two parameters with the objective over them."""
    says = f"Points over {contour.across.name} and {contour.up.name}, coloured by {metric}."
    return {
        "kind": "contour", "says": says, "metric": metric, "more": more,
        "across": _axis(contour.across), "up": _axis(contour.up), "points": _cloud(contour.points),
    }  # fmt: skip


def front_chart(pareto: ParetoFront) -> Chart:
    """Return two objectives against each other, and the answers that none is better than."""
    says = f"Points: {pareto.names[1]} against {pareto.names[0]}; {len(pareto.front)} of them are the front."
    return {
        "kind": "front", "says": says, "names": list(pareto.names),
        "points": _cloud(pareto.points), "front": [list(map(rounded, point)) for point in pareto.front],
    }  # fmt: skip


def training_chart(curves: TrainingCurves, metric: str) -> Chart:
    """Return what answers have logged, with what came of each."""
    kept = evenly(curves.curves, _MOST_LINES)
    says = f"{len(kept)} lines of {metric} during training; the best ends at {_brief(_last(curves.best))}."
    return {
        "kind": "training", "says": says, "metric": metric,
        "curves": [[state, _thin(track)] for state, track in kept],
        "best": _thin(curves.best),
    }  # fmt: skip


def deviations_chart(agreements: Sequence[Agreement]) -> Chart:
    """Return how far each number of each table lies from the printed one, in percent of that."""
    rows = [
        {
            "label": one.title,
            "table": one.table,
            "points": [
                [
                    rounded(each.relative),
                    f"{each.row}, {each.column}",
                    each.measured,
                    each.printed,
                    each.shown,
                ]
                for each in one.deviations
                if each.relative is not None
            ],
        }
        for one in agreements[:MOST_ROWS]
    ]
    says = "A row of points for each table: measured minus printed, in percent of the printed number."
    return {"kind": "deviations", "says": says, "rows": [row for row in rows if row["points"]]}


def _thin(track: Track) -> list[list[float | None]]:
    return [[step, rounded(value)] for step, value in evenly(track, 60)]


def _last(track: Track) -> float | None:
    return track[-1][1] if track else None


def _cloud(points: Sequence[tuple[float, ...]]) -> list[list[float | None]]:
    return [list(map(rounded, point)) for point in evenly(points, _MOST_MARKS)]


def _axis(axis: ParameterAxis) -> dict[str, Any]:
    return {"name": axis.name, "log": axis.log, "listed": axis.labels}


def _brief(value: float | None) -> str:
    return "not known" if value is None or not math.isfinite(value) else f"{value:.4g}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
