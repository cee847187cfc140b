"""Scales, colours and labels of the figures of searches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from orchestrator.report.searches.parameter_axis import ParameterAxis

_WIDE = 1000
"""Values of which the largest is more than so many times the least are shown on a log scale."""


def color_map(*, more: bool) -> str:
    """Return colours of which the dark ones are best, in print without colours too."""
    return "viridis_r" if more else "viridis"


def color_range(values: Sequence[float], *, more: bool) -> Any:
    """Return colours for all values but the worst tenth, which would take most of them."""
    import numpy as np
    from matplotlib.colors import Normalize

    if not len(values):
        return Normalize()
    least, most = np.quantile(values, 0.1 if more else 0), np.quantile(values, 1 if more else 0.9)
    return Normalize(least, most if most > least else least + 1)


def scale_values(axes: Axes, values: Sequence[float]) -> None:
    """Show values that lie far apart on a log scale, upwards."""
    scale_side(axes, values, "y")


def scale_side(axes: Axes, values: Sequence[float], which: str) -> None:
    """Show values that lie far apart on a log scale along one side."""
    finite = [value for value in values if math.isfinite(value)]
    if finite and min(finite) > 0 and max(finite) / min(finite) > _WIDE:
        from matplotlib.ticker import FuncFormatter, NullFormatter

        axes.set(**{f"{which}scale": "log"})
        side = axes.xaxis if which == "x" else axes.yaxis
        side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        side.set_minor_formatter(NullFormatter())


def span_of(places: Sequence[float | None]) -> tuple[float, float]:
    """Return the least place, and how far it is from there to the largest."""
    known = [place for place in places if place is not None]
    least, most = min(known, default=0.0), max(known, default=1.0)
    return (least, most - least) if most > least else (least - 0.5, 1.0)


def labels_along(axis: ParameterAxis, span: tuple[float, float]) -> list[tuple[float, str]]:
    """Return what stands along an axis of parallel lines, from 0 to 1."""
    if axis.listed:
        return [
            (height, _brief(label))
            for place, label in enumerate(axis.labels)
            if -0.01 <= (height := (place - span[0]) / span[1]) <= 1.01
        ]
    ends = [(height, span[0] + height * span[1]) for height in (0.0, 1.0)]
    return [(height, f"{10**place if axis.log else place:.3g}") for height, place in ends]


def label_side(axes: Axes, axis: ParameterAxis, which: str) -> None:
    """Write values along an axis of a panel."""
    side = axes.xaxis if which == "x" else axes.yaxis
    if axis.listed:
        labels = list(map(_brief, axis.labels))
        turned = which == "x" and sum(map(len, labels)) > 12
        side.set_ticks(range(len(labels)), labels)
        (axes.set_xmargin if which == "x" else axes.set_ymargin)(0.15)
        if turned:
            for label in side.get_ticklabels():
                label.set(rotation=40, ha="right", rotation_mode="anchor")
    elif axis.log:
        from matplotlib.ticker import FuncFormatter, MaxNLocator

        side.set_major_locator(MaxNLocator(4, integer=True))
        side.set_major_formatter(
            FuncFormatter(lambda place, _: f"{10.0**place:g}" if abs(place) < 300 else "")
        )


def turn_long(axes: Axes, labels: Sequence[str], width: float) -> None:
    """Turn labels below an axis so many inches wide that would lie on each other."""
    longest = max(map(len, labels), default=0)
    if longest * 0.09 > width * 0.85 / max(1, len(labels)):
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor", fontsize=8)


def _brief(label: str) -> str:
    return label if len(label) < 14 else f"{label[:12]}…"


def whole_numbers(axes: Axes) -> None:
    """Write only whole numbers below a figure."""
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def legend_above(axes: Axes) -> None:
    """Say what is what above a figure, where no value can be."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, borderaxespad=0.2)
