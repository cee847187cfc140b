"""Draws a heat map, its numbers in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.report.edges.figures import drawing
from orchestrator.report.edges.search_axes import color_map, turn_long
from orchestrator.report.figures.cells import text_of_cell
from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.figures.heat_map import HeatMap

_WIDTH = 6.4
_SMALLEST = 5.5
"""Points: smaller numbers cannot be read on paper."""


def draw_heat_map(shown: HeatMap, frame: Frame) -> Figure:
    """Draw a cell for each number, the better ones darker."""
    import numpy as np

    table = shown.table
    columns = [full(column) for column in table.columns]
    values = np.array(
        [[np.nan if cell.value is None else cell.value for cell in row.cells] for row in table.rows]
    )
    height = min(8.0, 1.1 + max(0.32, min(0.8, 4.2 / len(columns))) * len(table.rows))
    with drawing(_WIDTH, height) as (canvas, (axes,)):
        mesh = axes.imshow(values, cmap=color_map(more=shown.better != "lower"), aspect="auto")
        write_cells(
            axes, mesh, values, [[text_of_cell(cell) or "—" for cell in row.cells] for row in table.rows]
        )
        axes.set_xticks(range(len(columns)), columns)
        turn_long(axes, columns, _WIDTH * 0.8)
        axes.set_yticks(range(len(table.rows)), [full(row.path) for row in table.rows])
        bare(axes)
        axes.set_xlabel(shown.across)
        axes.set_ylabel(shown.down)
        canvas.colorbar(mesh, ax=axes, label=shown.measured, pad=0.02)
        return frame.saved(canvas)


def bare(axes: Axes) -> None:
    """Leave nothing around cells but their labels."""
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def write_cells(axes: Axes, mesh: Any, values: Any, texts: Sequence[Sequence[str]]) -> None:
    """Write a text into each cell, dark on light colours and light on dark ones, where there is room."""
    longest = max((len(text) for row in texts for text in row), default=1)
    size = min(9.0, 72 * _WIDTH * 0.75 / len(values[0]) / (0.62 * longest))
    if size < _SMALLEST:
        return
    for down, row in enumerate(texts):
        for across, text in enumerate(row):
            red, green, blue, alpha = mesh.cmap(mesh.norm(values[down][across]))
            dark = alpha and luminance(red, green, blue) < 0.18
            axes.text(
                across,
                down,
                text,
                ha="center",
                va="center",
                fontsize=size,
                color="white" if dark else "black",
            )


def luminance(red: float, green: float, blue: float) -> float:
    """Return how light a colour is, as WCAG defines it: from 0.179 on black has more contrast than white."""
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
