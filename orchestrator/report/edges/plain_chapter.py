"""The chapter of a study that declares no table: its stages, as tables and learning curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.directions import said
from orchestrator.report.document import Chapter
from orchestrator.report.plain_figures import logged, plain_figures
from orchestrator.report.plain_stage import plain_stage
from orchestrator.report.plain_tables import build_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.report.document import Figure
    from orchestrator.report.figures.definitions import CurvesDefinition
    from orchestrator.report.plain_stage import PlainStage
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table
    from orchestrator.study.study import Study

TITLE = "Stages"
_MOST_FIGURES = 6
_LOOKED_AT = 5
"""Trials that are asked what they have logged."""


def plain_chapter(
    runs: RunFolder,
    study: Study,
    material: Material,
    draw: Callable[[CurvesDefinition], Figure],
    left_out: dict[str, list[str]],
) -> Chapter:
    """Return the chapter, its curves drawn; note in `left_out` which stages have no table.

    A stage that searches is in the chapter about searches.
    """
    tables: list[Table] = []
    figures: list[Figure] = []
    for plain in _stages(study, material, left_out):
        tables += build_plain(plain, material)
        for entry in plain_figures(plain, logged_metrics(runs, plain)):
            if len(figures) < _MOST_FIGURES:
                try:
                    figures.append(draw(entry))
                except NotFoundError as error:  # its trials differ in more than a curve can say
                    left_out.setdefault(str(error), []).append(entry.id)
    return Chapter(title=TITLE, tables=tuple(tables), figures=tuple(figures))


def _stages(study: Study, material: Material, left_out: dict[str, list[str]]) -> list[PlainStage]:
    """Return the stages that have results, those with a metric that can be better before others."""
    found: list[PlainStage] = []
    for stage in material.stages:
        try:
            plain = plain_stage(stage, material, said(study, stage))
        except NotFoundError as error:
            left_out.setdefault(str(error), []).append(stage)
            continue
        if study.stage(stage).search is None:
            found.append(plain)
    return sorted(found, key=lambda plain: plain.first is None)


def logged_metrics(runs: RunFolder, plain: PlainStage) -> list[str]:
    """Return the metrics that the first finished trials of a stage have logged at several steps."""
    done = [one.trial for one in plain.seen if one.metrics is not None]
    found = (logged(runs.trial(trial).metrics()) for trial in done[:_LOOKED_AT])
    return next(filter(None, found), [])
