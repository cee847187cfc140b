"""Draws confusion matrices side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.edges.drawing.heat_map import bare, luminance
from orchestrator.report.edges.figures import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.figures.confusion import Confusion, Matrix

_WIDTH, _ALONE = 6.4, 4.4
_SMALLEST = 4.5
"""Points: smaller numbers cannot be read on paper."""


def draw_confusion(shown: Confusion, frame: Frame) -> Figure:
    """Draw a matrix for each panel: percent of its row in each cell."""
    count = len(shown.panels)
    side = _ALONE if count == 1 else _WIDTH / count
    longest = max(len(label) for one in shown.panels for label in one.counts.labels)
    with drawing(_ALONE if count == 1 else _WIDTH, side + 0.25 + 0.06 * min(longest, 14), count) as (
        canvas,
        panels,
    ):
        for place, (axes, one) in enumerate(zip(panels, shown.panels, strict=True)):
            _draw(axes, one, side - 0.5)
            axes.set_title(one.label, fontsize=9.5)
            axes.set_xlabel("Answer")
            if place == 0:
                axes.set_ylabel("Truth")
            else:
                axes.set_yticks([])
        return frame.saved(canvas)


def _draw(axes: Axes, shown: Matrix, side: float) -> None:
    import numpy as np

    labels = shown.counts.labels
    shares = np.array([[np.nan if one is None else one for one in row] for row in shown.counts.shares()])
    mesh = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    turned = max(map(len, labels)) > 3
    axes.set_xticks(
        range(len(labels)), labels, rotation=45 if turned else 0, ha="right" if turned else "center"
    )
    axes.set_yticks(range(len(labels)), labels)
    bare(axes)
    axes.set_xticks(np.arange(len(labels) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(labels) + 1) - 0.5, minor=True)
    axes.grid(visible=True, which="minor", linewidth=0.4)
    axes.tick_params(which="minor", length=0)
    size = min(9.0, 72 * side / len(labels) / 2.6)
    if size < _SMALLEST:
        return
    for (down, across), share in np.ndenumerate(shares):
        if share > 0:
            red, green, blue, _ = mesh.cmap(mesh.norm(share))
            color = "white" if luminance(red, green, blue) < 0.18 else "black"
            axes.text(across, down, percent(share), ha="center", va="center", fontsize=size, color=color)


def percent(share: float) -> str:
    """Return a share in percent without the sign, in few letters: what is not nothing is never `0`."""
    text = f"{100 * share:.0f}"
    return "<1" if text == "0" else text
