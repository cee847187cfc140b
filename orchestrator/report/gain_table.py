"""The gain of one value of an axis over another, as a table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.report.annotation import annotated
from orchestrator.report.definition import text_of
from orchestrator.report.directions import guessed
from orchestrator.report.selection import combinations, having, headers
from orchestrator.report.sooner import curve, sooner
from orchestrator.report.statistics import points, relative_gain
from orchestrator.report.table import Cell, Row, Table, averaged, full, value_of, why_missing
from orchestrator.report.tabulate import crowded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.definition import AxisValues, GainColumn, GainDefinition
    from orchestrator.report.selection import Header, Material, Observation
    from orchestrator.report.table import Reasons

NO_CURVE, NEVER = "without a curve", "a curve that never gets as good as the other"


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
            _Asked(definition, column.line, header, material).cell(having(seen, column.where))
            for column in columns
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


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a cell asks of its trials."""

    definition: GainDefinition
    line: GainColumn
    header: Header
    material: Material

    def cell(self, seen: Sequence[Observation]) -> Cell:
        """Return the mean over seeds; a seed counts where every condition has a gain.

        Where a curve never gets there no mean is taken: one over the others would flatter.
        """
        conditions = combinations(seen, self.definition.over)
        seeds = combinations(seen, self.definition.aggregate)
        values: dict[str, float] = {}
        lacking: list[str] = []
        for seed in seeds:
            gains = [self._gain(having(seen, {**seed, **condition})) for condition in conditions]
            complete = [value for value in gains if not isinstance(value, str)]
            lacking += [reason for reason in gains if isinstance(reason, str) and reason]
            if complete and len(complete) == len(gains):
                name = ", ".join(f"{axis}={text_of(value)}" for axis, value in seed.items())
                values[name] = sum(complete) / len(complete)
        if NEVER in lacking:
            values = {}
        reasons: Reasons = (*why_missing(seen, self.definition.metric), *Counter(lacking).items())
        cell = averaged(seen, self.definition.metric, values, len(seeds), reasons)
        return replace(cell, digits=self.line.digits, spread=self.definition.spread)

    def _gain(self, seen: Sequence[Observation]) -> float | str:
        """Return the gain in one condition; else why there is none, nothing where a trial says it itself."""
        found: list[tuple[Observation, float]] = []
        for wanted in (self.definition.compare.value, self.definition.compare.to):
            side = having(seen, {self.definition.compare.axis: wanted})
            if len(side) > 1:
                raise crowded(f"row `{full(self.header.path)}`", side, self.definition.aggregate)
            value = value_of(side[0], self.definition.metric) if side else None
            if value is None:
                return ""
            found.append((side[0], value))
        (one, value), (other, base) = found
        if self.line.gain == "points":
            return points(value, base)
        if self.line.gain == "relative":
            gain = relative_gain(value, base)
            return "" if gain is None else gain
        return self._sooner(one, other)

    def _sooner(self, one: Observation, other: Observation) -> float | str:
        metric = self.definition.metric
        ours, base = (curve(self.material.history(side.trial), metric) for side in (one, other))
        if not ours or not base:
            return NO_CURVE
        better = self.definition.better or ("lower" if guessed(metric) == "lower" else "higher")
        steps = sooner(ours, base, better)
        return NEVER if steps is None else steps
