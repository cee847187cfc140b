"""Draws bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.report.edges.figures import COLORS, drawing
from orchestrator.report.edges.search_axes import legend_above, turn_long
from orchestrator.report.figures.cells import ends, text_of_cell
from orchestrator.report.table import full

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.figures.bars import Bars
    from orchestrator.report.table import Row

WIDTH = 6.4
_TAKEN = 0.8
"""How much of a column's place its bars take."""
_LETTER = 0.075
"""Inches that a letter of a small label takes."""


def draw_bars(shown: Bars, frame: Frame) -> Figure:
    """Draw a group of bars for each column, a colour for each row."""
    table = shown.table
    columns, width = [full(column) for column in table.columns], _TAKEN / len(table.rows)
    with drawing(WIDTH, 3.6) as (canvas, (axes,)):
        for place, row in enumerate(table.rows):
            _draw_row(axes, row, place, width)
        axes.set_xticks(range(len(columns)), columns)
        turn_long(axes, columns, WIDTH)
        axes.set_xlim(-0.6, len(columns) - 0.4)
        axes.margins(y=0.08)
        axes.axhline(0, color="black", linewidth=0.8)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel(shown.across)
        axes.set_ylabel(shown.measured)
        if len(table.rows) > 1:
            legend_above(axes)
        return frame.saved(canvas)


def _draw_row(axes: Axes, row: Row, place: int, width: float) -> None:
    color = COLORS[place % len(COLORS)]
    count = round(_TAKEN / width)
    known = [(at, cell, cell.value) for at, cell in enumerate(row.cells) if cell.value is not None]
    across = [at + (place - (count - 1) / 2) * width for at, _, _ in known]
    bars: Any = axes.bar(
        across, [value for _, _, value in known], width * 0.92, color=color, label=full(row.path)
    )
    texts = [text_of_cell(cell) for _, cell, _ in known]
    room = WIDTH * 0.85 / len(row.cells) * width
    written = bool(texts) and max(map(len, texts)) * _LETTER <= room
    for bar, (_, cell, value), text in zip(bars, known, texts, strict=True):
        low, high = ends(cell)
        middle = bar.get_x() + bar.get_width() / 2
        if low is not None and high is not None:
            around = [[value - low], [high - value]]
            axes.errorbar(middle, value, around, color="#1b1b1a", capsize=2, linewidth=0.8)
        if written:
            _write(axes, middle, max(high or 0.0, value, 0.0), text)


def _write(axes: Axes, middle: float, top: float, text: str) -> None:
    axes.annotate(
        text, (middle, top), (0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=7.5
    )
