"""The chapter of a report about the study's searches: tables and figures, without any declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.document import Chapter, Figure
from orchestrator.report.edges.search_figures import (
    Frame,
    draw_contour,
    draw_front,
    draw_history,
    draw_importance,
    draw_parallel,
    draw_slices,
    draw_training_curves,
)
from orchestrator.report.edges.search_outcomes import importances, search_results
from orchestrator.report.searches.figure_data import (
    MOST_AXES,
    contour,
    history,
    parallel_lines,
    pareto_front,
    slices,
    training_curves,
)
from orchestrator.report.searches.outcome import best_outcomes, curve_metric
from orchestrator.report.searches.tables import best_table, budget_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.searches.outcome import SearchResults
    from orchestrator.report.table import Table
    from orchestrator.study.opening import Opening

TITLE = "Searches"
_MOST_POINTS = 4
"""Points of a stage that have figures of their own; tables and the history have all."""

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
            each = [history(results, place) for results in searches]
            frame = Frame(
                folder=out,
                identity=f"search_{stage}_history{_number(place)}",
                title=f"{stage}: {objective.metric}",
            )
            yield draw_history(each, objective.metric, frame)
    for place, (opening, results) in enumerate(found[:_MOST_POINTS]):
        if opening.key not in drawn:
            drawn[opening.key] = stage
            name = f"search_{stage}{_number(place)}"
            yield from _figures_of(opening, results, seen, name, out)


def _number(place: int) -> str:
    return f"_{place + 1}" if place else ""


def _figures_of(
    opening: Opening, results: SearchResults, seen: Seen, name: str, out: Path
) -> Iterator[Figure]:
    """Draw what one search has to show."""
    objective, metric = results.objectives[0], results.objectives[0].metric
    more, title = objective.minimize is None, results.title
    importance = importances(opening, seen)
    names = [*importance, *(one for one in results.names if one not in importance)]
    if results.finished and len(names) > 1:
        frame = Frame(
            folder=out,
            identity=f"{name}_parallel",
            title=f"{title}: {metric} across parameters",
            notes=_cut(names),
        )
        yield draw_parallel(parallel_lines(results, names), metric, more=more, frame=frame)
    if results.finished:
        frame = Frame(
            folder=out, identity=f"{name}_slices", title=f"{title}: {metric} by parameter", notes=_cut(names)
        )
        yield draw_slices(slices(results, names), metric, frame)
    if importance:
        note = "By PED-ANOVA: how much of reaching the best tenth each decides, at least of the best five."
        frame = Frame(
            folder=out, identity=f"{name}_importance", title=f"{title}: what decides {metric}", notes=(note,)
        )
        yield draw_importance(importance, frame)
    if len(importance) > 1:
        frame = Frame(
            folder=out, identity=f"{name}_contour", title=f"{title}: {metric} over {names[0]} and {names[1]}"
        )
        yield draw_contour(contour(results, names[0], names[1]), metric, more=more, frame=frame)
    if len(results.objectives) > 1 and results.finished:
        first, second = pareto_front(results).names
        frame = Frame(folder=out, identity=f"{name}_front", title=f"{title}: {first} against {second}")
        yield draw_front(pareto_front(results), frame)
    if any(len(one.curve) > 1 for one in results.outcomes):
        curves = training_curves(results, next(iter(best_outcomes(results)), None))
        logged, notes = curve_metric(opening.search), tuple[str, ...]()
        if curves.left_out:
            notes = (f"{curves.left_out} further curves are not shown.",)
        frame = Frame(
            folder=out, identity=f"{name}_curves", title=f"{title}: {logged} during training", notes=notes
        )
        yield draw_training_curves(curves, logged, frame)


def _cut(names: Sequence[str]) -> tuple[str, ...]:
    if len(names) <= MOST_AXES:
        return ()
    return (f"The {MOST_AXES} most important of {len(names)} parameters.",)
