"""The pruners of a study file against Optuna's classes, and against what their searches can do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.study.need_keys import is_asked
from orchestrator.study.searches.edges.optuna_options import mistakes_of

if TYPE_CHECKING:
    from orchestrator.messages.problems import Problems
    from orchestrator.study.study_file import StageEntry, StudyFile

_ALL_OPTIONAL = {"median", "successive_halving", "hyperband"}
"""Those that need no option: for their names alone Optuna is not imported."""


def check_pruners(file: StudyFile, problems: Problems) -> None:
    """Note wrong options of pruners, searches that none can help, and needs that one would block."""
    for stage, entry in file.stages.items():
        if entry.search is None or entry.search.pruner is None:
            continue
        pruner, place = entry.search.pruner, ("stages", stage, "search", "pruner")
        if not is_asked(entry):
            problems.add(
                place,
                "a grid is trained to its end: none of its trials is ended early",
                "leave `pruner` out, or take sampler `random` with as many `trials`",
            )
        if len(entry.search.objectives) > 1:
            problems.add(
                place,
                "with several objectives nobody can say by one step which trial is worse",
                "leave `pruner` out, or keep one objective",
            )
        if pruner.options or pruner.name not in _ALL_OPTIONAL:
            for mistake in mistakes_of("pruner", pruner.name, pruner.options):
                problems.add((*place, *mistake.keys), mistake.message, mistake.hint)
    for stage, entry in file.stages.items():
        _check_needs(stage, entry, file, problems)


def _check_needs(stage: str, entry: StageEntry, file: StudyFile, problems: Problems) -> None:
    """Note each need for all trials of a search of which some will be ended early: it would never be met."""
    for name, need in entry.needs.items():
        source = file.stages.get(need.stage)
        if source is None or source.search is None or source.search.pruner is None or need.all is None:
            continue
        if need.require in (None, "all"):
            problems.add(
                ("stages", stage, "needs", name),
                f"it wants all trials of `{need.stage}`, whose pruner ends some of them without a result",
                f"say how many will do, as `{{stage: {need.stage}, all: true, require: 1}}`",
            )
