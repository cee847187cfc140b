"""A table that somebody asks for at once: rows and columns over axes, of some metrics."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import dotted, listed, nearest
from orchestrator.messages.wording import mistakes
from orchestrator.report.definition import TableDefinition
from orchestrator.report.directions import direction_note, directions, first_of
from orchestrator.report.selection import differing
from orchestrator.report.table import Note
from orchestrator.report.tabulate import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.definition import Better
    from orchestrator.report.directions import Said
    from orchestrator.report.selection import Material, Observation
    from orchestrator.report.table import Table

_MOST_NAMED = 6
"""Stages that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedTable:
    """What was asked for; what is left out is chosen."""

    rows: Sequence[str] = ()
    """Axes; left out: all in which the trials differ and that nothing else names."""
    columns: Sequence[str] = ()
    """Axes; left out: a column for each metric."""
    metrics: Sequence[str] = ()
    """Left out: the one that the stage is about."""
    stage: str | None = None
    """Left out: the one that has the axes and the metrics."""
    where: Mapping[str, Any] = field(default_factory=dict)
    better: Better | None = None
    """Left out: as the study says, else as the names of metrics let guess."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Further keys of a table in a report file, as `aggregate`, `digits` and `compare`."""


def table_over(material: Material, asked: AskedTable, told: Mapping[str, Said] | None = None) -> Table:
    """Return the table; `told` is what the study says of metrics, stage by stage.

    Raises NotFoundError for an axis, a stage or a metric that the study does not have, and UserError where
    it is not clear what is meant.
    """
    material.check_axes([*asked.rows, *asked.columns, *asked.where])
    stage = material.stage(asked.stage) if asked.stage else _stage_of(material, asked)
    said = (told or {}).get(stage, {})
    metrics = list(asked.metrics) or [_metric(material, stage, said)]
    _check_metrics(material, stage, metrics)
    rows = list(asked.rows) or _rows(material.select(stage, dict(asked.where)), asked)
    better = dict.fromkeys(metrics, asked.better) if asked.better else directions(metrics, said)
    data = {
        "id": "table",
        "title": f"{', '.join(metrics)} of {stage}{_by([*rows, *asked.columns])}",
        "stage": stage,
        "rows": [{"over": rows} if rows else {"label": "all"}],
        "columns": [
            {"over": list(asked.columns), "metric": metric, "better": better[metric]}
            | ({"label": metric} if len(metrics) > 1 or not asked.columns else {})
            for metric in metrics
        ],
        "where": dict(asked.where),
        **asked.options,
    }
    table = build(_defined(data), material)
    note = "" if asked.better else direction_note(better, said)
    return replace(table, notes=(*table.notes, *([Note(text=note, kind="method")] if note else [])))


def _by(axes: Sequence[str]) -> str:
    return f" by {' and '.join(axes)}" if axes else ""


def _defined(data: dict[str, Any]) -> TableDefinition:
    """Return the definition; UserError with all that is wrong with it."""
    try:
        return TableDefinition.model_validate({"digits": None, **data})
    except ValidationError as error:
        wrong = mistakes(error, data, TableDefinition)
        lines = [f"{dotted(one.keys)}: {one.message}" if one.keys else one.message for one in wrong]
        hints = [one.hint for one in wrong if one.hint]
        raise UserError("\n".join(lines), hint="; ".join(hints) or None) from None


def _rows(seen: Sequence[Observation], asked: AskedTable) -> list[str]:
    """Return the axes in which trials differ and that nothing else names.

    Raises NotFoundError where they differ in what a search has chosen, which is no axis.
    """
    combined = asked.options.get("combine") or {}
    named = {*asked.columns, *asked.options.get("aggregate", ("seed",)), *combined}
    own = {axis for one in seen for axis in one.trial.axes}
    differ = differing(seen, tuple(named))
    chosen = [name for name in differ if name not in own]
    if chosen:
        stage = seen[0].trial.stage
        raise NotFoundError(
            f"trials of stage `{stage}` differ in {listed(chosen)}, which is no axis",
            hint=f"`best STUDY {stage}` says what a search has found, `results` has all trials",
        )
    return differ


def _metric(material: Material, stage: str, said: Said) -> str:
    """Return the metric that a stage is about; UserError where nothing tells which one that is."""
    given = _metrics(material, stage)
    first = first_of(given, said) or (given[0] if len(given) == 1 else None)
    if first is None:
        hint = f"name one as `metric`; there are {listed(given)}" if given else "it has no result yet"
        raise UserError(f"which metric of stage `{stage}` is meant?", hint=hint)
    return first


def _stage_of(material: Material, asked: AskedTable) -> str:
    """Return the one stage that has all the axes and, once there are results, the metrics."""
    axes = [*asked.rows, *asked.columns]
    over = {
        name: set(_metrics(material, name))
        for name, seen in material.stages.items()
        if any(all(axis in one.trial.axes for axis in axes) for one in seen)
    }
    found = [name for name, given in over.items() if given.issuperset(asked.metrics)] or list(over)
    if len(found) == 1:
        return found[0]
    if found:
        told = f"each runs over {listed(axes)}" if axes else "nothing says which"
        some = found if len(found) <= _MOST_NAMED else found[:_MOST_NAMED]
        more = f" and {len(found) - len(some)} more stages" * (len(found) > len(some))
        hint = f"name one of them as `stage` (`--stage {found[0]}`)"
        raise UserError(f"{listed(some)}{more} may be meant: {told}", hint=hint)
    raise NotFoundError(
        f"no stage runs over all of {listed(axes)}",
        hint="; ".join(
            f"`{name}` over {listed(_axes(material, name)) or 'nothing'}" for name in material.stages
        ),
    )


def _axes(material: Material, stage: str) -> list[str]:
    return list(dict.fromkeys(axis for one in material.stages[stage] for axis in one.trial.axes))


def _metrics(material: Material, stage: str) -> list[str]:
    return list(dict.fromkeys(name for one in material.stages[stage] for name in one.metrics or ()))


def _check_metrics(material: Material, stage: str, metrics: Sequence[str]) -> None:
    """Raise NotFoundError for a metric that no result of the stage has, once there is one."""
    given = _metrics(material, stage)
    for metric in metrics if given else ():
        if metric not in given:
            hint = nearest(metric, given, f"it gives: {listed(given)}")
            raise NotFoundError(f"no trial of stage `{stage}` gives a metric `{metric}`", hint=hint)
