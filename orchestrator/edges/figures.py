"""Draws figures with matplotlib, as PNG for screens and PDF for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.core.document import Figure
from orchestrator.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from matplotlib.axes import Axes

    from orchestrator.core.curves import Curves, Pictures, Series
    from orchestrator.core.trial import Trial

COLORS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")
"""Okabe and Ito, "Color Universal Design" (2008): told apart with every common colour blindness."""
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (5, 1.5, 1.5, 1.5)))
STYLE = {
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
    figure, axes = _canvas(6.4, 3.9, 1)
    for series in curves.series:
        _draw_series(axes[0], series)
    axes[0].set_xlabel(curves.x_label)
    axes[0].set_ylabel(curves.y_label)
    axes[0].margins(x=0.01)
    axes[0].legend(loc="lower right", handlelength=3)
    return _saved(figure, folder, curves.id, curves.title, curves.notes)


def draw_pictures(pictures: Pictures, artifact: Callable[[Trial], Path], folder: Path) -> Figure:
    """Draw images side by side into `folder`; raise NotFoundError where a trial has left none."""
    from matplotlib.image import imread

    images = []
    for label, trial in pictures.panels:
        path = artifact(trial)
        if not path.is_file():
            raise NotFoundError(f"trial {trial.id} has left no `{pictures.artifact}`")
        images.append((label, imread(path)))
    shapes = [image.shape for _, image in images]
    width = 6.4
    height = max(width / len(images) * shape[0] / shape[1] for shape in shapes) + 0.35
    figure, axes = _canvas(width, min(height, 8.5), len(images))
    for panel, (label, image) in zip(axes, images, strict=True):
        panel.imshow(image, interpolation="nearest")
        panel.set_title(label, fontsize=9.5)
        panel.set_axis_off()
    return _saved(figure, folder, pictures.id, pictures.title, pictures.notes)


def _canvas(width: float, height: float, panels: int) -> tuple[Any, list[Axes]]:
    """Return a figure, width and height in inches, without touching any state of pyplot."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    with mpl.rc_context(STYLE):
        figure = Canvas(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(1, panels, squeeze=False)
    return figure, list(axes[0])


def _draw_series(axes: Axes, series: Series) -> None:
    color = COLORS[series.color % len(COLORS)]
    dash: Any = DASHES[series.dash % len(DASHES)]
    mean = series.mean()
    if len(series.lines) > 1:
        for line in series.lines:
            axes.plot(*zip(*line, strict=True), color=color, linestyle=dash, linewidth=0.7, alpha=0.35)
    if mean:
        axes.plot(*zip(*mean, strict=True), color=color, linestyle=dash, linewidth=1.7, label=series.label)


def _saved(figure: Any, folder: Path, name: str, title: str, notes: tuple[str, ...]) -> Figure:
    import matplotlib as mpl

    (folder / "figures").mkdir(parents=True, exist_ok=True)
    png, pdf = f"figures/{name}.png", f"figures/{name}.pdf"
    with mpl.rc_context(STYLE):
        figure.savefig(folder / png, dpi=180, metadata={"Software": None})
        figure.savefig(folder / pdf, metadata={"CreationDate": None, "Producer": None})
    return Figure(id=name, title=title, notes=notes, png=png, pdf=pdf)
