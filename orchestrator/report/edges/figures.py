"""Draws figures with matplotlib, as PNG for screens and PDF for papers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.report.document import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from matplotlib.axes import Axes

    from orchestrator.report.figures.curves import Curves, Series

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")
"""Okabe and Ito, "Color Universal Design" (2008): told apart with every common colour blindness."""
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))
_LABELS_IN_A_ROW = 3
STYLE: Any = {  # matplotlib types every key; this is read by it alone
    "font.family": "serif",
    "font.size": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e4e3de",
    "grid.linewidth": 0.6,
    "axes.linewidth": 0.8,
    "legend.frameon": False,
    "pdf.fonttype": 42,  # journals ask for TrueType, not Type 3
}


def draw_curves(curves: Curves, folder: Path) -> Figure:
    """Draw learning curves into `folder` and return what was drawn."""
    with drawing(6.4, 3.9) as (figure, (axes,)):
        for series in curves.series:
            _draw_series(axes, series)
        axes.set_xlabel(curves.definition.x_label)
        axes.set_ylabel(curves.definition.quantity)
        axes.margins(x=0.01)
        figure.legend(loc="outside lower center", ncols=_LABELS_IN_A_ROW, handlelength=3)  # over no line
        own = curves.definition
        return saved(figure, folder, own.id, own.title, curves.notes)


@contextmanager
def drawing(width: float, height: float, panels: int = 1) -> Iterator[tuple[Any, list[Axes]]]:
    """Give a figure with panels side by side, in the style of a report; a `$` in a name is no formula."""
    import matplotlib as mpl

    with mpl.rc_context(style()):
        yield canvas(width, height, panels)


def style() -> Any:
    """Return the settings of matplotlib by which figures are drawn whose texts are names of others."""
    return {**STYLE, "text.parse_math": False}


def canvas(width: float, height: float, panels: int) -> tuple[Any, list[Axes]]:
    """Return a figure, width and height in inches, without touching any state of pyplot."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    figure = Canvas(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(1, panels, squeeze=False)[0])


def _draw_series(axes: Axes, series: Series) -> None:
    color = COLORS[series.color % len(COLORS)]
    dash: Any = DASHES[series.dash % len(DASHES)]
    if len(series.lines) > 1:
        for line in series.lines:
            axes.plot(*zip(*line, strict=True), color=color, linestyle=dash, linewidth=0.7, alpha=0.35)
    if mean := series.mean():
        axes.plot(*zip(*mean, strict=True), color=color, linestyle=dash, linewidth=1.6, label=series.label)


def saved(drawn: Any, folder: Path, identity: str, title: str, notes: tuple[str, ...]) -> Figure:
    """Write both files, without dates, and return the figure."""
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    png, pdf = f"figures/{identity}.png", f"figures/{identity}.pdf"
    drawn.savefig(folder / png, dpi=160, metadata={"Software": None})
    drawn.set_layout_engine("none")  # it stays as it was laid out for the first file
    drawn.savefig(folder / pdf, metadata={"CreationDate": None, "Producer": None})
    return Figure(id=identity, title=title, notes=notes, png=png, pdf=pdf)
