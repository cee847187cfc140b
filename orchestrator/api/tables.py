"""Which table is meant: one that a report file declares, or rows, columns and metrics."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import dotted, listed, nearest
from orchestrator.messages.wording import mistakes
from orchestrator.report.definition import MOST_DIGITS, TableDefinition
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.gain_table import build_gain
from orchestrator.report.tabulate import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table


def declared_table(identity: str, reports: Sequence[str], material: Material) -> Table:
    """Return a table of the study's report files by its id; NotFoundError where none has it."""
    files = read_report_files([Path(report) for report in reports])
    studies = {file.study for file, _ in files if file.study is not None}
    known: list[str] = []
    for file, reference in files:
        others = frozenset(studies - {file.study})
        own = replace(material, file=file, reference=reference, other_studies=others)
        for table in file.tables:
            if table.id == identity:
                return build(table, own)
        for gain in file.derived:
            if gain.id == identity:
                return build_gain(gain, own)
        known += [piece.id for piece in (*file.tables, *file.derived)]
    hint = nearest(identity, known, f"the tables are: {listed(known) or 'none'}")
    raise NotFoundError(f"no report file of the study declares a table `{identity}`", hint=hint)


def table_over(
    material: Material,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    metrics: Sequence[str],
    stage: str | None,
    where: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Table:
    """Return a table whose rows and columns run over axes; without columns there is one for each metric.

    Raises NotFoundError for an axis, a stage or a metric that the study does not have.
    """
    if not rows or not metrics:
        raise UserError("a table needs rows and a metric", hint='write `table(rows="lr", metric="loss")`')
    material.check_axes([*rows, *columns, *where])
    stage = material.stage(stage) if stage else _stage_of(material, [*rows, *columns], metrics)
    _check_metrics(material, stage, metrics)
    data = {
        "id": "table",
        "title": f"{', '.join(metrics)} of {stage} by {' and '.join([*rows, *columns])}",
        "stage": stage,
        "rows": [{"over": list(rows)}],
        "columns": [
            {"over": list(columns), "metric": metric}
            | ({"label": metric} if len(metrics) > 1 or not columns else {})
            for metric in metrics
        ],
        "where": dict(where),
        **options,
    }
    digits = {} if options.get("digits") is not None else {"digits": MOST_DIGITS}
    table = build(_defined(data | digits), material)
    return _to_significant_digits(table) if digits else table


def _to_significant_digits(table: Table) -> Table:
    rows = (replace(row, cells=tuple(replace(cell, digits=None) for cell in row.cells)) for row in table.rows)
    return replace(table, rows=tuple(rows))


def _defined(data: dict[str, Any]) -> TableDefinition:
    """Return the definition; UserError with all that is wrong with it."""
    try:
        return TableDefinition.model_validate(data)
    except ValidationError as error:
        found = mistakes(error, data, TableDefinition)
        lines = [f"{dotted(one.keys)}: {one.message}" if one.keys else one.message for one in found]
        hints = [one.hint for one in found if one.hint]
        raise UserError("\n".join(lines), hint="; ".join(hints) or None) from None


def _stage_of(material: Material, axes: Sequence[str], metrics: Sequence[str]) -> str:
    """Return the one stage that has all the axes and, once there are results, the metrics."""
    over = {
        name: {metric for one in seen for metric in one.metrics or ()}
        for name, seen in material.stages.items()
        if any(all(axis in one.trial.axes for axis in axes) for one in seen)
    }
    found = [name for name, given in over.items() if given.issuperset(metrics)] or list(over)
    if len(found) == 1:
        return found[0]
    if found:
        raise UserError(
            f"{listed(found)} may be meant: each runs over {listed(axes)}",
            hint=f'name one of them: `stage="{found[0]}"`',
        )
    raise NotFoundError(
        f"no stage runs over all of {listed(axes)}",
        hint="; ".join(
            f"`{name}` over {listed(_axes(material, name)) or 'nothing'}" for name in material.stages
        ),
    )


def _axes(material: Material, stage: str) -> list[str]:
    return list(dict.fromkeys(axis for one in material.stages[stage] for axis in one.trial.axes))


def _check_metrics(material: Material, stage: str, metrics: Sequence[str]) -> None:
    """Raise NotFoundError for a metric that no result of the stage has, once there is one."""
    given = dict.fromkeys(name for one in material.stages[stage] for name in one.metrics or ())
    for metric in metrics if given else ():
        if metric not in given:
            hint = nearest(metric, given, f"it gives: {listed(given)}")
            raise NotFoundError(f"no trial of stage `{stage}` gives a metric `{metric}`", hint=hint)
