"""The chapter of a report about the study's searches: tables and figures, without any declaration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.report.document import Chapter, Figure, charted
from orchestrator.report.edges.figure_frame import Frame
from orchestrator.report.edges.search_figures import (
    draw_contour,
    draw_front,
    draw_history,
    draw_importance,
    draw_parallel,
    draw_slices,
    draw_training_curves,
)
from orchestrator.report.edges.search_outcomes import importances, search_results
from orchestrator.report.page.charts import (
    Chart,
    contour_chart,
    front_chart,
    history_chart,
    importance_chart,
    parallel_chart,
    slices_chart,
    training_chart,
)
from orchestrator.report.searches.figure_data import (
    MOST_AXES,
    contour,
    history,
    parallel_lines,
    pareto_front,
    slices,
    training_curves,
)
from orchestrator.report.searches.outcome import best_outcomes
from orchestrator.report.searches.tables import best_table, budget_table, search_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.searches.outcome import SearchResults
    from orchestrator.report.table import Table
    from orchestrator.study.searches.opening import Opening

TITLE = "Searches"
_MOST_POINTS = 4
"""Points of a stage that have figures of their own; tables and the history have all."""
_MEASURE = "By PED-ANOVA: how much of reaching the best tenth, or the best five, each parameter decides."

Found = tuple["Opening", "SearchResults"]


def search_chapter(runs: RunFolder, submission: Submission, seen: Seen, out: Path) -> Chapter:
    """Return the chapter, its figures drawn into `out`; an empty one where nothing was searched yet."""
    stages: dict[str, list[Found]] = {}
    for opening in seen.plan.openings:
        results = search_results(submission, seen, opening, logs=runs)
        if results.outcomes:
            stages.setdefault(opening.stage, []).append((opening, results))
    tables: list[Table] = []
    figures: list[Figure] = []
    drawn: dict[str, str] = {}
    for stage, found in stages.items():
        searches = [results for _, results in found]
        tables += [best_table(searches), budget_table(searches)]
        figures += _figures(stage, found, seen, out, drawn)
    return Chapter(title=TITLE, tables=tuple(tables), figures=tuple(figures))


def _figures(
    stage: str, found: Sequence[Found], seen: Seen, out: Path, drawn: dict[str, str]
) -> Iterator[Figure]:
    """Draw the history of all points, and more of the first ones; a search of two stages is drawn once."""
    searches = [results for _, results in found]
    for place, objective in enumerate(searches[0].objectives):
        if any(results.finished for results in searches):
            each = tuple(history(results, place) for results in searches)
            name, metric = f"{search_id(stage)}_history{_number(place)}", objective.metric
            frame = Frame(folder=out, identity=name, title=f"{stage}: {metric} so far")
            figure = frame.once(each, partial(draw_history, each, metric))
            yield charted(figure, history_chart(each, metric))
    for place, (opening, results) in enumerate(found[:_MOST_POINTS]):
        if opening.key not in drawn:
            drawn[opening.key] = stage
            for one in _planned(opening, results, seen):
                name = f"{search_id(stage)}{_number(place)}_{one.name}"
                title = f"{results.title}: {one.title}"
                frame = Frame(folder=out, identity=name, title=title, notes=one.notes)
                yield charted(frame.once(one.shown, one.draw), one.chart)


def _number(place: int) -> str:
    return f"_{place + 1}" if place else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFigure:
    """A figure of one search before it is drawn."""

    name: str
    title: str
    shown: object
    """All that it shows."""
    draw: Callable[[Frame], Figure]
    chart: Chart
    """The same for the page."""
    notes: tuple[str, ...] = ()


def _planned(opening: Opening, results: SearchResults, seen: Seen) -> Iterator[PlannedFigure]:
    """Give the figures that one search has enough for."""
    importance = importances(opening, seen)
    if results.finished:
        yield from _by_parameter(results, importance)
    if len(results.objectives) > 1 and results.finished:
        pareto = pareto_front(results)
        title, draw = " against ".join(pareto.names), partial(draw_front, pareto)
        yield PlannedFigure(name="front", title=title, shown=pareto, draw=draw, chart=front_chart(pareto))
    if any(len(one.curve) > 1 for one in results.outcomes):
        logged = opening.search.watched
        curves = training_curves(results, next(iter(best_outcomes(results)), None))
        yield PlannedFigure(
            name="curves",
            title=f"{logged} during training",
            shown=curves,
            draw=partial(draw_training_curves, curves, logged),
            chart=training_chart(curves, logged),
            notes=(f"{curves.left_out} further curves are not shown.",) * bool(curves.left_out),
        )


def _by_parameter(results: SearchResults, importance: Mapping[str, float]) -> Iterator[PlannedFigure]:
    """Give the figures of parameters, the most important ones first."""
    metric, more = results.objectives[0].metric, results.objectives[0].minimize is None
    names = [*importance, *(one for one in results.names if one not in importance)]
    cut = (f"The {MOST_AXES} most important of {len(names)} parameters.",) * (len(names) > MOST_AXES)
    if len(names) > 1:
        lines = parallel_lines(results, names)
        title, draw = f"{metric} across parameters", partial(draw_parallel, lines, metric, more=more)
        chart = parallel_chart(lines, metric, more=more)
        yield PlannedFigure(name="parallel", title=title, shown=lines, draw=draw, chart=chart, notes=cut)
    each = slices(results, names)
    title, draw = f"{metric} by parameter", partial(draw_slices, each, metric)
    chart = slices_chart(each, metric)
    yield PlannedFigure(name="slices", title=title, shown=each, draw=draw, chart=chart, notes=cut)
    if importance:
        title, draw = f"what decides {metric}", partial(draw_importance, importance)
        chart = importance_chart(importance, metric)
        yield PlannedFigure(
            name="importance", title=title, shown=importance, draw=draw, chart=chart, notes=(_MEASURE,)
        )
    if len(importance) > 1:
        two = contour(results, names[0], names[1])
        title, draw = (
            f"{metric} over {names[0]} and {names[1]}",
            partial(draw_contour, two, metric, more=more),
        )
        chart = contour_chart(two, metric, more=more)
        yield PlannedFigure(name="contour", title=title, shown=two, draw=draw, chart=chart)
