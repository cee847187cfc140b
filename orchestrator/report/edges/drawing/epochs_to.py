"""Draws how many epochs trials took until a score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.edges.figures import COLORS, drawing
from orchestrator.report.edges.search_axes import legend_above, turn_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes

    from orchestrator.report.document import Figure
    from orchestrator.report.edges.figure_frame import Frame
    from orchestrator.report.figures.epochs_to import EpochsTo, Reached

_WIDTH = 6.4
_TAKEN = 0.8


def draw_epochs_to(shown: EpochsTo, frame: Frame) -> Figure:
    """Draw a point for each trial, a line at the median, and how many never got there."""
    from matplotlib.ticker import MaxNLocator

    width = _TAKEN / len(shown.rows)
    with drawing(_WIDTH, 3.6) as (canvas, (axes,)):
        for place, one in enumerate(shown.groups):
            _draw(axes, one, *_at(place, len(shown.rows), width))
        for place, row in enumerate(shown.rows):
            if len(shown.rows) > 1:
                axes.scatter([], [], color=COLORS[place % len(COLORS)], label=row, s=18)
        axes.set_xticks(range(len(shown.columns)), shown.columns)
        turn_long(axes, shown.columns, _WIDTH)
        axes.set_xlim(-0.5, len(shown.columns) - 0.5)
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(visible=False, axis="x")
        for place in range(len(shown.columns) - 1):
            axes.axvline(place + 0.5, color="#e4e3de", linewidth=0.6)
        axes.set_xlabel(shown.across)
        axes.set_ylabel(shown.up)
        if any(one.never for one in shown.groups):
            axes.set_ylim(top=axes.get_ylim()[1] * 1.12)
        legend_above(axes)
        return frame.saved(canvas)


def _at(place: int, rows: int, width: float) -> tuple[int, float, float]:
    """Return which row a group is of, its middle and its width."""
    column, row = divmod(place, rows)
    return row, column + (row - (rows - 1) / 2) * width, width


def _draw(axes: Axes, one: Reached, row: int, middle: float, width: float) -> None:
    color = COLORS[row % len(COLORS)]
    places = [*spread(one)]
    axes.scatter(
        [middle + offset * width * 0.35 for offset, _ in places],
        [step for _, step in places],
        s=16,
        color=color,
        alpha=0.75,
        linewidths=0,
    )
    if one.median is not None:
        axes.plot(
            [middle - width * 0.4, middle + width * 0.4],
            [one.median] * 2,
            color=color,
            linewidth=7,
            alpha=0.3,
        )

    if one.never:
        axes.text(
            middle, 0.985, f"{one.never} never", transform=axes.get_xaxis_transform(), ha="center", va="top",
            fontsize=7.5,
        )  # fmt: skip


def spread(one: Reached) -> Iterator[tuple[float, int]]:
    """Yield each step with a place from -1 to 1, so that equal ones lie side by side."""
    steps = [step for step, _ in one.steps]
    for step in dict.fromkeys(steps):
        count = steps.count(step)
        for place in range(count):
            yield (0.0 if count == 1 else (2 * place / (count - 1) - 1) * min(1.0, count / 8)), step
