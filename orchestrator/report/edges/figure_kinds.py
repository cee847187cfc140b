"""Draws what a report file declares as a figure: of each kind its values, its files, what the page draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.report.document import charted
from orchestrator.report.edges.drawing.bars import draw_bars
from orchestrator.report.edges.drawing.confusion import draw_confusion
from orchestrator.report.edges.drawing.epochs_to import draw_epochs_to
from orchestrator.report.edges.drawing.heat_map import draw_heat_map
from orchestrator.report.edges.drawing.pictures import (
    draw_pictures,
    pictures_chart,
    read_pictures,
    room_for_each,
)
from orchestrator.report.edges.drawing.scatter import draw_scatter
from orchestrator.report.edges.figure_frame import Frame
from orchestrator.report.edges.figures import draw_curves
from orchestrator.report.edges.search_figures import draw_parallel
from orchestrator.report.figures.bars import bars, bars_chart
from orchestrator.report.figures.confusion import confusion, confusion_chart
from orchestrator.report.figures.curves import curves
from orchestrator.report.figures.definitions import CurvesDefinition, PicturesDefinition
from orchestrator.report.figures.epochs_to import epochs_to, epochs_to_chart
from orchestrator.report.figures.heat_map import heat_map, heat_map_chart
from orchestrator.report.figures.parallel import parallel, parallel_figure_chart
from orchestrator.report.figures.pictures import pictures
from orchestrator.report.figures.scatter import scatter, scatter_chart
from orchestrator.report.page.charts import curves_chart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from orchestrator.report.document import Figure
    from orchestrator.report.figures.definitions import AnyFigure
    from orchestrator.report.figures.parallel import Parallel
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.report_file import ReportFile
    from orchestrator.report.selection import Material
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureKind:
    """How one kind becomes a figure."""

    values: Callable[[Any, Material], Any]
    """From definition and trials to what is shown; NotFoundError where there is nothing."""
    draw: Callable[[Any, Frame], Figure]
    """Draws it with matplotlib."""
    chart: Callable[[Any], Chart]
    """Returns what the page draws."""


def _draw_parallel(shown: Parallel, frame: Frame) -> Figure:
    return draw_parallel(shown.lines, shown.measured, frame, more=shown.better == "higher")


DRAWN: dict[str, FigureKind] = {
    "bars": FigureKind(values=bars, draw=draw_bars, chart=bars_chart),
    "confusion": FigureKind(values=confusion, draw=draw_confusion, chart=confusion_chart),
    "epochs_to": FigureKind(values=epochs_to, draw=draw_epochs_to, chart=epochs_to_chart),
    "heat_map": FigureKind(values=heat_map, draw=draw_heat_map, chart=heat_map_chart),
    "parallel": FigureKind(values=parallel, draw=_draw_parallel, chart=parallel_figure_chart),
    "scatter": FigureKind(values=scatter, draw=draw_scatter, chart=scatter_chart),
}
"""Kind -> how it becomes a figure; curves and pictures are made by functions of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Where figures are drawn, and what they are drawn of."""

    out: Path
    artifact: Callable[[Trial, str], Path]
    """Returns the path of what a trial left."""
    room: int
    """Bytes that the small pictures of one figure may take in the page."""


def drawing_of(files: Iterable[ReportFile], artifact: Callable[[Trial, str], Path], out: Path) -> Drawing:
    """Return how the figures of these files are drawn into `out`."""
    shown = sum(isinstance(entry, PicturesDefinition) for file in files for entry in file.figures)
    return Drawing(out=out, artifact=artifact, room=room_for_each(shown))


def drawn_figure(entry: AnyFigure, material: Material, drawing: Drawing) -> Figure:
    """Draw a figure and return it; NotFoundError where the study has nothing for it."""
    out = drawing.out
    if isinstance(entry, CurvesDefinition):
        found = curves(entry, material)
        return charted(draw_curves(found, out), curves_chart(found))
    if isinstance(entry, PicturesDefinition):
        shown = pictures(entry, material)
        images, missing = read_pictures(shown, lambda trial: drawing.artifact(trial, entry.artifact))
        return charted(
            draw_pictures(shown, images, out, missing), pictures_chart(shown, images, drawing.room)
        )
    kind = DRAWN[entry.kind]
    values = kind.values(entry, material)
    frame = Frame(folder=out, identity=entry.id, title=entry.title, notes=values.notes)
    return charted(frame.once(values, lambda frame: kind.draw(values, frame)), kind.chart(values))
