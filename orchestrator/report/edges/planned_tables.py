"""What can be said of the tables of a study before anything is trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError, StudyFileError
from orchestrator.report.comparison.too_few_pairs import too_few_pairs
from orchestrator.report.edges.table_file import read_definitions
from orchestrator.report.materials import materials
from orchestrator.report.reference import Reference
from orchestrator.report.selection import Material, Observation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.report.report_file import ReportFile
    from orchestrator.study.study import Study


def planned_notes(reports: Sequence[str], study: Study, seen: Seen) -> list[str]:
    """Return what is wrong with tables, as far as it shows before there are results."""
    files: list[ReportFile] = []
    for path in reports:
        try:
            files.append(read_definitions(Path(path)))
        except StudyFileError:
            return [f"{path} is no report file as it should be: `submit` tells what is wrong"]
    stages: dict[str, list[Observation]] = {stage.name: [] for stage in study.stages}
    for trial in seen.plan.trials:
        stages[trial.stage].append(Observation(trial=trial, state=seen.states[trial.id]))
    whole = Material(stages=stages, undecided=seen.plan.undecided)
    found = materials([(file, Reference()) for file in files], whole)
    return _folded([note for material in found for note in _notes(material)])


def _folded(notes: Sequence[str]) -> list[str]:
    """Return notes on tables, those that say the same of several as one."""
    tables: dict[str, list[str]] = {}
    for note in notes:
        table, _, told = note.removeprefix("table ").partition(": ")
        tables.setdefault(told, []).append(table)
    return [f"table{'s' * (len(names) > 1)} {', '.join(names)}: {told}" for told, names in tables.items()]


def _notes(material: Material) -> list[str]:
    notes = []
    for definition in material.file.tables:
        if definition.compare.to is not None:
            try:
                told = too_few_pairs(definition, material)
            except NotFoundError as error:  # of a part of the study, or of what searches are still to decide
                told = "" if material.undecided else f"table `{definition.id}`: {error}"
            notes += [told] * bool(told)
    return notes
