"""Draws points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.edges.figures import COLORS, drawing
from orchestrator.report.edges.search_axes import legend_above, scale_side

if TYPE_CHECKING:
    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.figures.scatter import Scatter

FORMS = ("o", "^", "s", "D", "v", "P", "X", "*")
_MANY = 300
"""So many marks are drawn as pixels in the PDF too, which stays small so."""


def draw_scatter(shown: Scatter, frame: Frame) -> Figure:
    """Draw a point for each trial or setting, a colour for each series."""
    total = sum(len(one.points) for one in shown.clouds)
    with drawing(6.4, 3.9) as (canvas, (axes,)):
        for one in shown.clouds:
            axes.scatter(
                [x for x, _, _ in one.points],
                [y for _, y, _ in one.points],
                s=20 if total < _MANY else 8,
                marker=FORMS[one.form % len(FORMS)],
                color=COLORS[one.color % len(COLORS)],
                alpha=0.75,
                linewidths=0,
                label=one.label or None,
                rasterized=total > _MANY,
            )
        axes.set_xlabel(shown.definition.x.title)
        axes.set_ylabel(shown.definition.y.title)
        scale_side(axes, [x for one in shown.clouds for x, _, _ in one.points], "x")
        scale_side(axes, [y for one in shown.clouds for _, y, _ in one.points], "y")
        legend_above(axes)
        return frame.saved(canvas)
