"""Finished trials of other studies that are like those of a plan: they tell how long these will take."""

from __future__ import annotations

import json
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.durations import Usual
from orchestrator.files.plain_file import UnreadableError, plain_text
from orchestrator.messages.errors import InternalEvidenceError
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.study.study import Stage

_MOST_READ, _ENOUGH = 200, 20
"""Trials of a task that are looked at, and that are enough: ids are hashes, so the first are a sample."""


def like_trials(runs: RunFolder, stages: Sequence[Stage]) -> dict[str, Usual]:
    """Return how long finished trials of the run folder took that are like those of each stage.

    They have the stage's task and version, and every parameter in which its points do not differ.
    """
    tasks: dict[str, list[TrialFolder]] = {stage.task: [] for stage in stages}
    for folder in runs.find() if tasks else ():
        task = folder.path.name.rpartition("-")[0]
        if task in tasks:
            tasks[task].append(folder)
    found = {}
    for stage in stages:
        took = dict(islice(_alike(stage, tasks[stage.task][:_MOST_READ]), _ENOUGH))
        if took:
            found[stage.name] = Usual(
                seconds=median(took.values()), of=frozenset(took), same_stage=False, same_study=False
            )
    return found


def _alike(stage: Stage, folders: Sequence[TrialFolder]) -> Iterator[tuple[str, float]]:
    """Yield the ids of trials like those of a stage, and the seconds that they took in one attempt."""
    fixed = _fixed(stage)
    for folder in folders:
        try:
            result = folder.read_result()
        except InternalEvidenceError:
            continue  # whoever wants this very trial is told
        if result is not None and result.attempt == 1:
            version, params = _what_it_is(folder)
            if version == stage.version and _has(params, fixed):
                yield folder.id, result.seconds


def _what_it_is(folder: TrialFolder) -> tuple[int | None, Mapping[str, Any]]:
    """Return the version of a trial's task and its parameters, as far as they can be read."""
    try:
        told = json.loads(plain_text(folder.path / "trial.json"))
    except (UnreadableError, FileNotFoundError, ValueError, RecursionError):
        return None, {}
    if not isinstance(told, dict) or not isinstance(told.get("params"), dict):
        return None, {}
    return told.get("version"), told["params"]


def _fixed(stage: Stage) -> Mapping[str, Any]:
    """Return the parameters that all points of a stage have alike."""
    first = stage.points[0].params if stage.points else {}
    return {
        name: value
        for name, value in first.items()
        if all(name in one.params and _same(one.params[name], value) for one in stage.points)
    }


def _has(params: Mapping[str, Any], fixed: Mapping[str, Any]) -> bool:
    return all(name in params and _same(params[name], value) for name, value in fixed.items())


def _same(value: object, other: object) -> bool:
    return comparable(value) == comparable(other)
