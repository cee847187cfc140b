"""The tables of a study that declares none: of each stage its settings, its metrics and its best trial."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.messages.problems import listed
from orchestrator.report.annotation import annotated
from orchestrator.report.comparison.judging import Judging
from orchestrator.report.definition import text_of
from orchestrator.report.directions import direction_note
from orchestrator.report.plain_stage import SEED, best_trial
from orchestrator.report.rounding import alone
from orchestrator.report.table import Note, Row, Table, measure, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.plain_stage import PlainStage
    from orchestrator.report.selection import Material

_MOST_COLUMNS = 6
"""Metrics of one table; others are in a second one."""


def build_plain(plain: PlainStage, material: Material) -> tuple[Table, ...]:
    """Return the table of a stage, and one with further metrics where it has many.

    A stage with one setting has a row for each metric, another one a row for each setting.
    """
    name, title = plain.stage.replace(".", "_"), f"Stage {plain.stage}"
    if len(plain.groups) == 1:
        return (_noted(_listed(plain, name, title), plain, material),)
    first, more = plain.metrics[:_MOST_COLUMNS], plain.metrics[_MOST_COLUMNS:]
    tables = [_noted(_crossed(plain, name, title, first), plain, material)]
    if more:
        judging = Judging(named=plain.axes)
        further = _crossed(plain, f"{name}_further", f"{title}: further metrics", more)
        tables.append(annotated(further, plain.seen, material, None, [], judging=judging))
    return tuple(tables)


def _crossed(plain: PlainStage, name: str, title: str, metrics: Sequence[str]) -> Table:
    """Return a row for each setting and a column for each metric."""
    rows = []
    for path, group in plain.groups.items():
        cells = [replace(measure(group, one), digits=None, better=plain.better[one]) for one in metrics]
        rows.append(Row(path=path, cells=tuple(cells)))
    return Table(
        id=name,
        title=title,
        stage=plain.stage,
        row_heads=plain.axes,
        columns=tuple((metric,) for metric in metrics),
        rows=tuple(rows),
    )


def _listed(plain: PlainStage, name: str, title: str) -> Table:
    """Return a row for each metric of the only setting."""
    rows = [
        Row(path=(metric,), cells=(replace(measure(plain.seen, metric), digits=None),))
        for metric in plain.metrics
    ]
    return Table(
        id=name,
        title=title,
        stage=plain.stage,
        row_heads=("metric",),
        columns=(("value",),),
        rows=tuple(rows),
    )


def _noted(table: Table, plain: PlainStage, material: Material) -> Table:
    """Return the table with its marks, and notes of what it does not show and what it takes for better."""
    judging = Judging(named=plain.axes)  # what differs by these is what the table compares
    found = annotated(table, plain.seen, material, None, [], judging=judging)
    texts = (same_note(plain), _times_note(plain), _direction_note(table, plain), best_note(plain))
    notes = tuple(Note(text=text, kind="method") for text in texts if text)
    return replace(found, notes=(*found.notes, *notes))


def same_note(plain: PlainStage) -> str:
    """Say which axes and metrics have one value in all trials."""
    shared = [
        f"{axis} = {text_of(value)}"
        for axis, value in plain.seen[0].trial.axes.items()
        if axis not in (SEED, *plain.axes) and all(axis in one.trial.axes for one in plain.seen)
    ]
    done = [one.metrics for one in plain.seen if one.metrics is not None]
    for name, value in plain.same.items():
        having = sum(name in metrics for metrics in done)
        some = f" (in {having} of {len(done)} results)" if having < len(done) else ""
        shared.append(f"{name} = {alone(value)}{some}")
    return f"The same in all: {', '.join(shared)}." if shared else ""


def _times_note(plain: PlainStage) -> str:
    return f"Not shown: {listed(plain.times)}; `results` has them." if plain.times else ""


def _direction_note(table: Table, plain: PlainStage) -> str:
    if len(plain.groups) == 1:  # nothing is compared
        return ""
    shown = [metric for (metric,) in table.columns]
    return direction_note({metric: plain.better[metric] for metric in shown}, plain.told)


def best_note(plain: PlainStage) -> str:
    """Say which trial is best so far; nothing where there is no choice."""
    best = best_trial(plain)
    value = value_of(best, plain.first) if best and plain.first else None
    if best is None or value is None or len(plain.seen) == 1:
        return ""
    axes = [(axis, of) for axis, of in best.trial.axes.items() if axis in (*plain.axes, SEED)]
    where = ", ".join(f"{axis} = {text_of(of)}" for axis, of in axes)
    ended = sum(one.state.ended for one in plain.seen)
    far = "" if ended == len(plain.seen) else f" so far ({ended} of {len(plain.seen)} trials have ended)"
    of = f"trial {best.trial.id}{f' ({where})' if where else ''}"
    return f"The best {plain.first}{far} is {alone(value)}, of {of}."
