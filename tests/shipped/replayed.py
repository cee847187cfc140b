"""The shipped studies as if every trial had given exactly what the sources print."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.state import State
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.selection import Material, Observation
from orchestrator.report.tabulate import build
from orchestrator.study.plan import Known, expand
from orchestrator.study.read import read_study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.definition import TableDefinition
    from orchestrator.report.table import Table

GRIDS = Path(__file__).resolve().parents[2] / "grids"
STUDIES = ("face_segmentation", "background_removal", "elfw_classes", "facial_attributes", "multitask")


@cache
def planned(study: str, settings: tuple[str, ...] = ()) -> Material:
    """Return all trials of a shipped study without results; what searches decide is decided somehow."""
    read = read_study(GRIDS / f"{study}.yaml", set_=settings)
    plan = expand(read.study, Known())
    while plan.undecided:
        results = {
            trial.id: dict.fromkeys(("val_loss", "final_val_loss"), float(place))
            for place, trial in enumerate(plan.trials)
        }
        plan = expand(
            read.study, Known(results=results, ended=frozenset(results), settled=frozenset(results))
        )
    stages: dict[str, list[Observation]] = {stage.name: [] for stage in read.study.stages}
    for trial in plan.trials:
        stages[trial.stage].append(Observation(trial=trial, state=State.DONE, metrics={}))
    ((file, reference),) = read_report_files(list(map(Path, read.reports)))
    return Material(stages=stages, file=file, reference=reference)


def with_metrics(material: Material, metrics: Mapping[str, Mapping[str, float]]) -> Material:
    """Return the material with these metrics of trials."""
    stages = {
        name: [replace(one, metrics=dict(metrics.get(one.trial.id, {}))) for one in seen]
        for name, seen in material.stages.items()
    }
    return replace(material, stages=stages)


def replayed(definition: TableDefinition, material: Material) -> Table:
    """Return the table as it is where all that stand behind a cell gave what is printed for it."""
    empty = build(definition, material)
    cells = [cell for row in empty.rows for cell in row.cells if cell.reference is not None]
    ones = with_metrics(material, _metrics([(cell.trials, cell.metric, 1.0) for cell in cells]))
    units = [cell for row in build(definition, ones).rows for cell in row.cells if cell.reference is not None]
    printed = [
        (cell.trials, cell.metric, cell.reference / (unit.value or 1.0))
        for cell, unit in zip(cells, units, strict=True)
        if cell.reference is not None
    ]
    return build(definition, with_metrics(material, _metrics(printed)))


def _metrics(values: Sequence[tuple[Sequence[str], str, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for trials, metric, value in values:
        for trial in trials:
            found.setdefault(trial, {})[metric] = value
    return found
