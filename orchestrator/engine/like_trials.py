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
from orchestrator.study.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.study.plan import Plan
    from orchestrator.study.study import Stage

_MOST_READ, _ENOUGH = 200, 20
"""Trials of a task that are looked at, and that are enough: ids are hashes, so the first are a sample."""


def like_trials(runs: RunFolder, stages: Sequence[Stage], plan: Plan) -> dict[str, Usual]:
    """Return how long finished trials of the run folder took that are like those of each stage.

    They have the stage's task and version, every parameter in which its points do not differ, and need
    nothing that the stage does not need: trials on smaller data would tell too little.
    """
    tasks: dict[str, list[TrialFolder]] = {stage.task: [] for stage in stages}
    for folder in runs.find() if tasks else ():
        task = folder.path.name.rpartition("-")[0]
        if task in tasks:
            tasks[task].append(folder)
    found = {}
    for stage in stages:
        needed = {need for trial in plan.of(stage.name) for need in trial.needed_ids}
        took = dict(islice(_alike(stage, needed, tasks[stage.task][:_MOST_READ]), _ENOUGH))
        if took:
            found[stage.name] = Usual(
                seconds=median(took.values()), of=frozenset(took), same_stage=False, same_study=False
            )
    return found


def _alike(
    stage: Stage, needed: AbstractSet[str], folders: Sequence[TrialFolder]
) -> Iterator[tuple[str, float]]:
    """Yield the ids of trials like those of a stage, and the seconds that they took in one attempt."""
    fixed = _fixed(stage)
    for folder in folders:
        try:
            result = folder.read_result()
        except InternalEvidenceError:
            continue  # whoever wants this very trial is told
        trial = _what_it_is(folder) if result is not None and result.attempt == 1 else None
        if result is None or trial is None or trial.version != stage.version:
            continue
        if _has(trial.params, fixed) and needed >= set(trial.needed_ids):
            yield folder.id, result.seconds


def _what_it_is(folder: TrialFolder) -> Trial | None:
    """Return what a trial is; None where nobody can read that."""
    try:
        told = json.loads(plain_text(folder.path / "trial.json"))
        return Trial.model_validate({"stage": "", "axes": {}, **told})
    except (UnreadableError, FileNotFoundError, ValueError, TypeError, RecursionError):
        return None


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
