"""The tables of a study, each made only when it is asked for: those of its report files, then one a stage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.report.definition import GainDefinition, TableDefinition, text_of
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.gain_table import build_gain
from orchestrator.report.materials import materials
from orchestrator.report.plain_stage import plain_stage
from orchestrator.report.plain_tables import build_plain
from orchestrator.report.tabulate import build

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.report.directions import Said
    from orchestrator.report.selection import Material, Observation
    from orchestrator.report.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyTable:
    """A table that a study can have, and what it is made of."""

    id: str
    definition: TableDefinition | GainDefinition | None
    """None: what a stage shows that nobody has declared a table for."""
    stage: str
    """That stage; empty where a definition says what is shown."""
    said: Said
    """What the study says of its metrics."""
    material: Material

    @property
    def fixed(self) -> list[str]:
        """What all of its cells have in common: labels of values, and the values as they are written."""
        where = self.definition.where if self.definition else {}
        values = [(axis, value) for axis, value in where.items() if not isinstance(value, list)]
        return [text for one in values for text in (self.material.file.label(*one), text_of(one[1]))]

    def build(self) -> Table:
        """Return the table; NotFoundError where the study has nothing for it."""
        if isinstance(self.definition, TableDefinition):
            return build(self.definition, self.material)
        if isinstance(self.definition, GainDefinition):
            return build_gain(self.definition, self.material)
        return build_plain(plain_stage(self.stage, self.material, self.said), self.material)[0]

    def with_metrics(self, metrics: Mapping[str, Mapping[str, float]]) -> StudyTable:
        """Return the same with other results: trial id -> its metrics."""

        def changed(one: Observation) -> Observation:
            return replace(one, metrics=metrics.get(one.trial.id, one.metrics))

        stages = {name: [*map(changed, seen)] for name, seen in self.material.stages.items()}
        return replace(self, material=replace(self.material, stages=stages))


def study_tables(
    reports: Sequence[Path], material: Material, told: Mapping[str, Said] | None = None
) -> list[StudyTable]:
    """Return what tables a study can have, by the files of its report.

    Raises StudyFileError with every problem of these files.
    """
    found: list[StudyTable] = []
    for own in materials(read_report_files(reports), material):
        pieces: list[TableDefinition | GainDefinition] = [*own.file.tables, *own.file.derived]
        found += [StudyTable(id=one.id, definition=one, stage="", said={}, material=own) for one in pieces]
    taken = {table.id for table in found}
    plain = {stage.replace(".", "_"): stage for stage in material.stages}
    return found + [
        StudyTable(id=name, definition=None, stage=stage, said=(told or {}).get(stage, {}), material=material)
        for name, stage in plain.items()
        if name not in taken
    ]
