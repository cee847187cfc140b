"""The gain of one value of an axis over another, as a table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.report.annotation import annotated
from orchestrator.report.definition import text_of
from orchestrator.report.selection import combinations, having, headers
from orchestrator.report.statistics import points, relative_gain
from orchestrator.report.table import Cell, Row, Table, averaged, full, value_of, why_missing
from orchestrator.report.tabulate import crowded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.definition import AxisValues, GainColumn, GainDefinition
    from orchestrator.report.selection import Header, Material, Observation


def build_gain(definition: GainDefinition, material: Material) -> Table:
    """Return the average gain of one axis value over another: one value per seed, then the mean over seeds.

    Raises NotFoundError where the study has nothing for it.
    """
    stage = material.stage(definition.stage)
    material.some(stage, definition.where)
    material.check_axes([definition.compare.axis, *definition.over])
    columns = _columns(definition, material.select(stage, definition.where), material)
    used: list[Observation] = []
    rows: list[Row] = []
    for header in headers(definition.rows, stage, definition.where, material):
        seen = material.select(stage, {**definition.where, **header.where})
        cells = tuple(
            _gain_cell(definition, column, having(seen, column.where), header) for column in columns
        )
        rows.append(Row(path=header.path, cells=cells))
        used.extend(seen)
    table = Table(
        id=definition.id,
        title=definition.title,
        stage=stage,
        columns=tuple(column.path for column in columns),
        rows=tuple(rows),
    )
    return annotated(table, used, material, definition.reference, definition.footnotes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """One column: a way to express a gain, at one combination of axes or over all of them."""

    path: tuple[str, ...]
    where: AxisValues
    line: GainColumn


def _columns(definition: GainDefinition, seen: Sequence[Observation], material: Material) -> list[_Column]:
    found = []
    for line in definition.columns:
        material.check_axes(line.over)
        for values in combinations(seen, line.over):
            labels = tuple(material.file.label(axis, value) for axis, value in values.items())
            found.append(_Column(path=(*labels, line.label), where=values, line=line))
    return found


def _gain_cell(
    definition: GainDefinition, column: _Column, seen: Sequence[Observation], header: Header
) -> Cell:
    gain = relative_gain if column.line.gain == "relative" else points
    conditions = combinations(seen, definition.over)
    seeds = combinations(seen, definition.aggregate)
    values: dict[str, float] = {}
    for seed in seeds:
        gains: list[float | None] = []
        for condition in conditions:
            sides = _sides(definition, having(seen, {**seed, **condition}), header)
            gains.append(gain(*sides) if sides else None)
        complete = [value for value in gains if value is not None]
        if complete and len(complete) == len(gains):
            name = ", ".join(f"{axis}={text_of(value)}" for axis, value in seed.items())
            values[name] = sum(complete) / len(complete)
    cell = averaged(seen, definition.metric, values, len(seeds), why_missing(seen, definition.metric))
    return replace(cell, digits=column.line.digits, spread=definition.spread)


def _sides(
    definition: GainDefinition, seen: Sequence[Observation], header: Header
) -> tuple[float, float] | None:
    """Return the values on both sides of the comparison, or None while one is missing."""
    found: list[float] = []
    for wanted in (definition.compare.value, definition.compare.to):
        side = having(seen, {definition.compare.axis: wanted})
        if len(side) > 1:
            raise crowded(f"row `{full(header.path)}`", side, definition.aggregate)
        value = value_of(side[0], definition.metric) if side else None
        if value is None:
            return None
        found.append(value)
    return found[0], found[1]
