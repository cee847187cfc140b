"""From a definition and the trials of a study to a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.annotation import annotated
from orchestrator.report.comparison.items import by_item
from orchestrator.report.comparison.judging import Judging
from orchestrator.report.comparison.partners import partners
from orchestrator.report.definition import PLACE, text_of
from orchestrator.report.selection import (
    Material,
    Observation,
    differing,
    headers,
    point_of,
    settings,
)
from orchestrator.report.table import Cell, Row, Table, full, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.definition import Line, TableDefinition
    from orchestrator.report.selection import Header

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The rows and columns of a table, and which trials stand behind each cell."""

    stage: str
    rows: Sequence[Header]
    columns: Sequence[Header]
    seen: Sequence[Sequence[Sequence[Observation]]]
    """By row and column."""


def layout(definition: TableDefinition, material: Material) -> Layout:
    """Return what stands where in a table.

    Raises NotFoundError where the study has nothing for it, or too much for one cell.
    """
    stage = _main_stage(definition, material)
    material.check_axes(
        [*definition.combine, *(axis for line in _lines(definition) for axis in line.combine or ())]
    )
    columns = headers(definition.columns, stage, definition.where, material)
    rows = headers(definition.rows, stage, definition.where, material)
    if not rows or not columns:
        raise NotFoundError(f"the study has no trial for its {'columns' if rows else 'rows'}")
    seen = [[_seen(definition, row, column, stage, material) for column in columns] for row in rows]
    return Layout(stage=stage, rows=rows, columns=columns, seen=seen)


def build(definition: TableDefinition, material: Material) -> Table:
    """Return the table that the definition declares.

    Raises NotFoundError where the study has nothing for it, or too much for one cell.
    """
    found = layout(definition, material)
    built = []
    for row, groups in zip(found.rows, found.seen, strict=True):
        both = zip(found.columns, groups, strict=True)
        cells = tuple(_cell(definition, row, column, seen, material) for column, seen in both)
        built.append(Row(path=row.path, cells=cells))
    table = Table(
        id=definition.id,
        title=definition.title,
        stage=found.stage,
        others=tuple(name for name in _named_stages(definition, material) if name != found.stage),
        columns=tuple(column.path for column in found.columns),
        rows=tuple(built),
    )
    used = [one for groups in found.seen for seen in groups for one in seen]
    judging = Judging(
        compare=definition.compare,
        partners=partners(found.rows, found.columns, definition.compare, material),
        named={axis for header in (*found.rows, *found.columns) for axis in header.where},
        unit=[items.key] if (items := definition.compare.items) else _unit(definition),
        ranks=definition.ranks,
    )
    return annotated(table, used, material, definition.reference, definition.footnotes, judging=judging)


def build_plain(stage: str, material: Material) -> Table:
    """Return every metric of every point of a stage: the table of a study that declares none.

    Raises NotFoundError while the stage has no trial with a result.
    """
    seen = material.some(stage, {})
    metrics = list(dict.fromkeys(name for one in seen for name in one.metrics or {}))
    if not metrics:
        raise NotFoundError(f"no trial of stage `{stage}` has a result yet")
    axes = differing(seen, ("seed",))
    groups: dict[tuple[str, ...], list[Observation]] = {}
    for one in seen:
        known = {**one.trial.params, **one.trial.axes}
        path = tuple(f"{axis}={text_of(known[axis])}" for axis in axes if axis in known)
        groups.setdefault(path or ("all",), []).append(one)
    rows = [
        Row(path=path, cells=tuple(replace(measure(group, name), digits=None) for name in metrics))
        for path, group in groups.items()
    ]
    columns = tuple((name,) for name in metrics)
    table = Table(
        id=stage.replace(".", "_"), title=f"Stage {stage}", stage=stage, columns=columns, rows=tuple(rows)
    )
    return annotated(table, seen, material, None, [])


def _main_stage(definition: TableDefinition, material: Material) -> str:
    """Return the stage of cells that name no other; without one the first named stage that has trials.

    Raises NotFoundError where there is nothing to show.
    """
    filled = [name for name in _named_stages(definition, material) if material.select(name, definition.where)]
    if definition.stage is None and filled:
        return filled[0]
    given = definition.stage or next(line.stage for line in _lines(definition) if line.stage)
    material.some(stage := material.stage(given), definition.where)
    return stage


def _named_stages(definition: TableDefinition, material: Material) -> list[str]:
    """Return the stages that rows and columns name, without those that the study lacks."""
    named = [line.stage for line in _lines(definition) if line.stage]
    return list(dict.fromkeys(stage for stage in map(material.find_stage, named) if stage))


def _lines(definition: TableDefinition) -> list[Line]:
    return [*definition.rows, *definition.columns]


def _seen(
    definition: TableDefinition, row: Header, column: Header, stage: str, material: Material
) -> list[Observation]:
    other = row.line.stage or column.line.stage
    name = material.find_stage(other) if other else stage
    if name is None:
        return []
    seen = material.select(name, {**definition.where, **column.where, **row.where})
    combine = _given(row.line.combine, column.line.combine, definition.combine)
    merged = [*definition.aggregate, *combine]
    repeated = len({point_of(one) for one in seen}) < len(seen)
    if repeated or len({point_of(one, merged) for one in seen}) > 1:
        raise crowded(f"row `{full(row.path)}`, column `{full(column.path)}`", seen, merged)
    return seen


def _cell(
    definition: TableDefinition,
    row: Header,
    column: Header,
    seen: Sequence[Observation],
    material: Material,
) -> Cell:
    first, second = row.line, column.line
    combine = _given(first.combine, second.combine, definition.combine)
    spread = _given(first.spread, second.spread, definition.spread)
    line = next((line for line in (first, second) if line.metric or line.param), None)
    if line is not None and line.param is not None:  # as its own line says, no spread where all agree
        scale = 1.0 if line.scale is None else line.scale
        cell = measure(settings(seen, line.param, material), line.param, scale=scale, combine=combine)
        return replace(cell, digits=line.digits, spread=spread if cell.std else "none")
    metric = _joined(first.metric, second.metric) or definition.metric
    assert metric is not None, "a definition without a metric for every cell is refused when it is read"
    scale = _given(first.scale, second.scale, definition.scale)
    cell = replace(
        measure(seen, metric, scale=scale, combine=combine, unit=_unit(definition)),
        digits=_given(first.digits, second.digits, definition.digits),
        spread=spread,
        ranked=_given(first.rank, second.rank, True),
        better=_given(first.better, second.better, definition.better),
    )
    if (items := definition.compare.items) and cell.ranked:
        return replace(cell, items=by_item(seen, metric, scale, items, material.scores))
    return cell


def _unit(definition: TableDefinition) -> list[str]:
    return definition.compare.axes or definition.aggregate


def _joined(row: str | None, column: str | None) -> str | None:
    """Return the row's metric, set into the column's where that has a place for it."""
    if row is not None and column is not None and PLACE in column:
        return column.replace(PLACE, row)
    return row or column


def _given(row: T | None, column: T | None, default: T) -> T:
    if row is not None:
        return row
    return default if column is None else column


def crowded(place: str, seen: Sequence[Observation], aggregate: Sequence[str]) -> NotFoundError:
    """Return the error of a cell for which there are trials that differ in axes that nobody named."""
    axes = "`, `".join(differing(seen, aggregate))
    return NotFoundError(
        f"{place}: {len(seen)} trials differ in `{axes}`, so one number cannot stand for them",
        hint=f"name `{axes}` in the rows, in the columns or in `where`",
    )
