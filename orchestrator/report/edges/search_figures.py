"""Draws the figures of searches; what they show is in `report/searches/figure_data.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.report.edges.figures import COLORS
from orchestrator.report.edges.figures import drawing as _drawing
from orchestrator.report.edges.search_axes import (
    color_map,
    color_range,
    label_side,
    labels_along,
    legend_above,
    scale_values,
    span_of,
    whole_numbers,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.tri import Triangulation

    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.searches.figure_data import (
        Contour,
        ParallelLines,
        ParetoFront,
        SearchHistory,
        Slice,
        TrainingCurves,
    )

_GREY, _BLACK = "#8a8983", "#1b1b1a"
_MANY = 300
"""So many marks are drawn as pixels in the PDF too, which stays small so."""
_MOST_LABELS = 8
_PER_ROW = 4


def draw_history(histories: Sequence[SearchHistory], metric: str, frame: Frame) -> Figure:
    """Draw values in the order of their answers, and the best so far, a colour for each point."""
    with _drawing(6.4, 3.4) as (drawing, (axes,)):
        for place, one in enumerate(histories):
            color = COLORS[place % len(COLORS)]
            alone = len(histories) == 1
            _marks(axes, one.finished, color=_GREY if alone else color, alpha=0.6)
            if one.best:
                label = "best so far" if alone else one.label
                across, up = _columns(one.best)
                (line,) = axes.step(across, up, where="post", color=color, linewidth=1.6)
                line.set_label(label if place < _MOST_LABELS else "_")
        _ticks(axes, [number for one in histories for number in one.pruned], "pruned", "|", COLORS[4])
        _ticks(axes, [number for one in histories for number in one.failed], "failed", "x", _BLACK)
        whole_numbers(axes)
        axes.set_xlabel("answer")
        axes.set_ylabel(metric)
        scale_values(axes, [value for one in histories for _, value in one.finished])
        legend_above(axes)
        return frame.saved(drawing)


def _ticks(axes: Axes, numbers: Sequence[int], label: str, marker: str, color: str) -> None:
    """Mark answers without a value at the lower edge."""
    if numbers:
        axes.scatter(
            numbers,
            [0.02] * len(numbers),
            transform=axes.get_xaxis_transform(),
            marker=marker,
            s=26,
            color=color,
            linewidth=1.2,
            label=f"{label} ({len(numbers)})",
        )


def draw_importance(importance: Mapping[str, float], frame: Frame) -> Figure:
    """Draw a bar for each parameter, the most important on top."""
    names = list(importance)[::-1][-12:]
    with _drawing(6.4, 0.7 + 0.3 * len(names)) as (drawing, (axes,)):
        bars = axes.barh(names, [importance[name] for name in names], color=COLORS[0], height=0.62)
        axes.bar_label(bars, [f"{importance[name]:.2f}" for name in names], padding=3)
        axes.set_xlim(0, 1.08)
        axes.set_xlabel("importance")
        axes.grid(visible=False, axis="y")
        return frame.saved(drawing)


def draw_parallel(lines: ParallelLines, metric: str, frame: Frame, *, more: bool) -> Figure:
    """Draw each answer as a line across its parameters, coloured by its value."""
    from matplotlib.collections import LineCollection

    spans = [span_of([line[place] for line in lines.lines]) for place in range(len(lines.axes))]
    paths = [
        [(x, (place - spans[x][0]) / spans[x][1]) for x, place in enumerate(line) if place is not None]
        for line in lines.lines
    ]
    kept = [(path, value) for path, value in zip(paths, lines.values, strict=True) if len(path) > 1]
    with _drawing(6.4, 3.4) as (drawing, (axes,)):
        drawn = LineCollection(
            [path for path, _ in kept], cmap=color_map(more=more), linewidths=0.9, alpha=0.75, rasterized=True
        )
        drawn.set_array([value for _, value in kept])
        drawn.set_norm(color_range([value for _, value in kept], more=more))
        axes.add_collection(drawn)
        axes.set_xlim(-0.3, len(lines.axes) - 0.7)
        axes.set_ylim(-0.05, 1.05)
        axes.set_xticks(range(len(lines.axes)), [axis.name for axis in lines.axes])
        axes.set_yticks([])
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)
        for x, (axis, span) in enumerate(zip(lines.axes, spans, strict=True)):
            axes.axvline(x, color="black", linewidth=0.8)
            for place, label in labels_along(axis, span):
                axes.text(x + 0.02, place, label, fontsize=7.5, va="center", bbox=_UNDERLAID)
        drawing.colorbar(drawn, ax=axes, label=metric, pad=0.02)
        return frame.saved(drawing)


_UNDERLAID: Any = {"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.6}


def draw_slices(slices: Sequence[Slice], metric: str, frame: Frame) -> Figure:
    """Draw each parameter against the objective, later answers darker."""
    rows = -(-len(slices) // _PER_ROW)
    with _drawing(6.4, 0.4 + 2.0 * rows) as (drawing, (first,)):
        first.remove()
        across = min(len(slices), _PER_ROW)
        panels = drawing.subplots(rows, across, squeeze=False, sharey=True).flatten()
        values = [value for one in slices for _, value, _ in one.points]
        shown = None
        for panel, one in zip(panels, slices, strict=False):
            places, heights, numbers = _columns(one.points, 3)
            shown = panel.scatter(
                places, heights, c=numbers, cmap="Blues", s=9, edgecolors=_GREY, linewidths=0.3,
                rasterized=len(places) > _MANY,
            )  # fmt: skip
            panel.set_xlabel(one.axis.name)
            label_side(panel, one.axis, "x")
            scale_values(panel, values)
        for panel in panels[len(slices) :]:
            panel.set_axis_off()
        for panel in panels[::across]:
            panel.set_ylabel(metric)
        if shown is not None:
            drawing.colorbar(shown, ax=list(panels), label="answer", pad=0.02)
        return frame.saved(drawing)


def draw_contour(contour: Contour, metric: str, frame: Frame, *, more: bool) -> Figure:
    """Draw the objective over two parameters: filled between the answers where both are numbers."""
    import numpy as np

    across, up, values = _columns(contour.points, 3)
    with _drawing(5.2, 3.8) as (drawing, (axes,)):
        norm = color_range(values, more=more)
        if triangles := _triangles(contour):
            levels = np.linspace(norm.vmin, norm.vmax, 12)
            axes.tricontourf(triangles, values, levels, cmap=color_map(more=more), norm=norm, extend="both")
        shown = axes.scatter(
            across, up, c=values, cmap=color_map(more=more), norm=norm, s=16, edgecolors="white",
            linewidths=0.5, rasterized=len(values) > _MANY,
        )  # fmt: skip
        for axis, which in ((contour.across, "x"), (contour.up, "y")):
            label_side(axes, axis, which)
        axes.set_xlabel(contour.across.name)
        axes.set_ylabel(contour.up.name)
        axes.grid(visible=False)
        drawing.colorbar(shown, ax=axes, label=metric)
        return frame.saved(drawing)


def _triangles(contour: Contour) -> Triangulation | None:
    """Return triangles between the points; None where none can be laid, or a parameter is no number."""
    from matplotlib.tri import Triangulation

    if contour.across.listed or contour.up.listed:
        return None
    across, up, _ = _columns(contour.points, 3)
    try:
        return Triangulation(across, up)
    except (RuntimeError, ValueError):  # fewer than three, or all on a line
        return None


def draw_front(front: ParetoFront, frame: Frame) -> Figure:
    """Draw two objectives against each other, and the front."""
    with _drawing(5.2, 3.6) as (drawing, (axes,)):
        _marks(axes, front.points, color=_GREY, alpha=0.6)
        axes.plot(*_columns(front.front), color=COLORS[0], marker="o", markersize=4, label="front")
        axes.set_xlabel(front.names[0])
        axes.set_ylabel(front.names[1])
        legend_above(axes)
        return frame.saved(drawing)


def draw_training_curves(curves: TrainingCurves, metric: str, frame: Frame) -> Figure:
    """Draw what was logged, with a cross where a trial was pruned, and the best one on top."""
    from matplotlib.collections import LineCollection

    colors = {"complete": _GREY, "running": COLORS[5], "failed": COLORS[1], "pruned": COLORS[4]}
    with _drawing(6.4, 3.6) as (drawing, (axes,)):
        for state in [state for state in colors if any(own == state for own, _ in curves.curves)]:
            tracks = [track for own, track in curves.curves if own == state]
            color, label = colors[state], f"{'finished' if state == 'complete' else state} ({len(tracks)})"
            axes.add_collection(
                LineCollection(tracks, colors=color, linewidths=0.7, alpha=0.5, label=label, rasterized=True)
            )
            if state == "pruned":
                across, up = _columns([track[-1] for track in tracks])
                axes.scatter(across, up, marker="x", s=14, color=color)
        if curves.best:
            axes.plot(*_columns(curves.best), color=COLORS[0], linewidth=1.6, label="best")
        axes.autoscale_view()
        whole_numbers(axes)
        axes.set_xlabel("step")
        axes.set_ylabel(metric)
        scale_values(axes, [value for _, track in curves.curves for _, value in track])
        legend_above(axes)
        return frame.saved(drawing)


def _marks(axes: Axes, points: Sequence[tuple[float, float]], **options: Any) -> None:
    across, up = _columns(points)
    axes.scatter(across, up, s=11, linewidths=0, rasterized=len(points) > _MANY, **options)


def _columns(points: Sequence[Any], count: int = 2) -> list[Sequence[float]]:
    return list(zip(*points, strict=True)) if points else [()] * count
