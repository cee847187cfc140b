"""How much disk a study will take, as far as its tasks say so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.skipped import skipped
from orchestrator.evidence.state import State
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.skipped import Skipped
    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskNeeded:
    """Bytes that the trials to do will leave behind."""

    stages: Mapping[str, int | None]
    """Of each stage; None where its task does not say it of every trial."""
    total: int
    """Of the stages whose tasks do, a trial that several share counted once."""


def disk_needed(study: Study, seen: Seen, sizes: Mapping[tuple[str, int], int]) -> DiskNeeded:
    """Return what the trials that are to be done leave; `sizes` are those of points, by stage and place."""
    held, counted = skipped(study, seen), set[str]()
    stages: dict[str, int | None] = {}
    total = 0
    for stage in study.stages:
        trials = seen.plan.of(stage.name)
        stages[stage.name] = _of_stage(stage, trials, seen, held, sizes)
        new = [trial for trial in trials if trial.id not in counted]
        counted.update(trial.id for trial in trials)
        total += _of_stage(stage, new, seen, held, sizes) or 0
    return DiskNeeded(stages=stages, total=total)


def _of_stage(
    stage: Stage, trials: Sequence[Trial], seen: Seen, held: Skipped, sizes: Mapping[tuple[str, int], int]
) -> int | None:
    """Return the sum over trials to do; one whose parameters are not known yet counts as the largest."""
    of_point = {_key(point.axes): sizes.get((stage.name, at)) for at, point in enumerate(stage.points)}
    to_do = [
        trial for trial in trials if seen.states[trial.id] is not State.DONE and trial.id not in held.trials
    ]
    undecided = seen.plan.undecided.get(stage.name, 0) - held.undecided.get(stage.name, 0)
    found = [of_point.get(_key(trial.axes)) for trial in to_do]
    known = [size for size in found if size is not None]
    largest = max((size for size in of_point.values() if size is not None), default=None)
    if len(known) < len(found) or (undecided and largest is None):
        return None
    return sum(known) + undecided * (largest or 0)


def _key(axes: Mapping[str, object]) -> tuple[object, ...]:
    return tuple((axis, comparable(value)) for axis, value in axes.items())
