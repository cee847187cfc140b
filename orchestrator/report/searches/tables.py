"""Tables of searches: the best parameters at each point, and what finding them has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.report.searches.budget import budget_used, budget_warnings
from orchestrator.report.searches.outcome import best_outcomes
from orchestrator.report.table import Cell, Note, Row, Table
from orchestrator.study.trial import axes_text, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
    from orchestrator.report.table import NoteKind

_BEST = "_best"


def search_id(stage: str) -> str:
    """Return how the ids of a search's tables and figures begin."""
    return f"search_{stage.replace('.', '_')}"


def is_best_table(table: Table) -> bool:
    """Say whether a table is one of the best of a search."""
    return table.id.startswith("search_") and table.id.endswith(_BEST)


def best_table(searches: Sequence[SearchResults]) -> Table:
    """Return the best parameters of a stage's search, a row for each point of the axes around it.

    With several objectives a point has a row for each answer that none is better than.
    """
    stage, objectives = searches[0].stage, searches[0].objectives
    metrics = [objective.metric for objective in objectives]
    names = list(dict.fromkeys(name for results in searches for name in results.names))
    rows = [
        Row(path=_path(results, one, several=len(metrics) > 1), cells=_best_cells(one, metrics, names))
        for results in searches
        for one in _or_none(best_outcomes(results))
    ]
    wanted = ", ".join(f"{'least' if one.minimize else 'largest'} {one.metric}" for one in objectives)
    sought = f"None is better in everything: {wanted}." if len(metrics) > 1 else f"Best is the {wanted}."
    columns = [*metrics, *names, "answer", "trial"]
    return Table(
        id=f"{search_id(stage)}{_BEST}",
        title=f"Best of the search {stage}",
        stage=stage,
        columns=tuple((name,) for name in columns),
        rows=tuple(rows),
        notes=(_note(sought), *(_note(text, "state") for one in searches if (text := so_far(one)))),
    )


def budget_table(searches: Sequence[SearchResults]) -> Table:
    """Return what a stage's search has used at each point, and a warning where that differs."""
    stage, used = searches[0].stage, [budget_used(results) for results in searches]
    columns: dict[str, list[float]] = {
        "answers": [one.answers for one in used],
        "finished": [one.finished for one in used],
        "pruned": [one.pruned for one in used],
        "failed": [one.failed for one in used],
        "seconds": [one.seconds for one in used],
        "GPU seconds": [one.gpu_seconds for one in used],
        "steps": [one.steps for one in used],
        "steps saved": [one.steps_saved for one in used],
        "seconds saved": [one.seconds_saved for one in used],
    }
    optional = {"GPU seconds", "steps", "steps saved", "seconds saved"}
    kept = [name for name, values in columns.items() if name not in optional or any(values)]
    notes = ["Seconds are those of all attempts."]
    if "steps saved" in kept:
        notes.append("Saved: what pruned trials did not train, against the longest finished one.")
    return Table(
        id=f"{search_id(stage)}_budget",
        title=f"Budget of the search {stage}",
        stage=stage,
        columns=tuple((name,) for name in kept),
        rows=tuple(
            Row(
                path=(_point(results),),
                cells=tuple(_number(name, columns[name][place]) for name in kept),
            )
            for place, results in enumerate(searches)
        ),
        notes=(*map(_note, notes), *(_note(text, "caution") for text in budget_warnings(searches))),
    )


def so_far(results: SearchResults) -> str:
    """Return how far a search has got; nothing once it is over."""
    if results.is_over:
        return ""
    ended = sum(one.state != "running" for one in results.outcomes)
    return f"So far, of {results.title}: {ended} of {results.planned} answers have ended."


def _or_none(found: Sequence[ShownAnswer]) -> Sequence[ShownAnswer | None]:
    return found or [None]


def _point(results: SearchResults) -> str:
    return axes_text(results.axes) if results.axes else results.stage


def _path(results: SearchResults, one: ShownAnswer | None, *, several: bool) -> tuple[str, ...]:
    return (_point(results), f"answer {one.number}") if several and one else (_point(results),)


def _best_cells(one: ShownAnswer | None, metrics: Sequence[str], names: Sequence[str]) -> tuple[Cell, ...]:
    if one is None:
        return tuple(Cell(metric=name) for name in (*metrics, *names, "answer", "trial"))
    values = [_cell(name, value, one) for name, value in zip(metrics, one.values, strict=True)]
    params = [_cell(name, one.params.get(name, ...), one) for name in names]
    trial = Cell(metric="trial", text=" ".join(one.trials), trials=one.trials, n=1)
    return (*values, *params, _cell("answer", one.number, one), trial)


def _cell(name: str, value: Any, one: ShownAnswer) -> Cell:
    """Return the cell of a value; `...` stands for a parameter that the answer has not."""
    if value is ...:
        return Cell(metric=name)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(name, value, trials=one.trials)
    return Cell(metric=name, text=quoted(value), trials=one.trials, n=1)


def _number(name: str, value: float, *, trials: tuple[str, ...] = ()) -> Cell:
    return Cell(metric=name, value=float(value), n=1, digits=None, trials=trials)


def _note(text: str, kind: NoteKind = "method") -> Note:
    return Note(text=text, kind=kind)
