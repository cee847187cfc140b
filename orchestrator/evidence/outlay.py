"""How much disk, or how many hours, a study will take, as far as its tasks say so."""

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
class Outlay:
    """The sum of what tasks say over the trials to do."""

    stages: Mapping[str, float | None]
    """Of each stage; None where its task does not say it of every trial."""
    once: Mapping[str, float | None]
    """The same, a trial that several stages share counted in the first alone."""

    @property
    def total(self) -> float:
        """Return the sum of the stages whose tasks do say it, each trial counted once."""
        return sum(one for one in self.once.values() if one is not None)


def outlay(study: Study, seen: Seen, numbers: Mapping[tuple[str, int], float]) -> Outlay:
    """Return what the trials that are to be done take; `numbers` are those of points, by stage and place."""
    held, counted = skipped(study, seen), set[str]()
    stages: dict[str, float | None] = {}
    once: dict[str, float | None] = {}
    for stage in study.stages:
        trials = seen.plan.of(stage.name)
        stages[stage.name] = _of_stage(stage, trials, seen, held, numbers)
        new = [trial for trial in trials if trial.id not in counted]
        counted.update(trial.id for trial in trials)
        once[stage.name] = _of_stage(stage, new, seen, held, numbers)
    return Outlay(stages=stages, once=once)


def _of_stage(
    stage: Stage,
    trials: Sequence[Trial],
    seen: Seen,
    held: Skipped,
    numbers: Mapping[tuple[str, int], float],
) -> float | None:
    """Return the sum over trials to do; one whose parameters are not known yet counts as the largest."""
    of_point = {_key(point.axes): numbers.get((stage.name, at)) for at, point in enumerate(stage.points)}
    over = (State.DONE, State.PRUNED)
    to_do = [trial for trial in trials if seen.states[trial.id] not in over and trial.id not in held.trials]
    undecided = seen.plan.undecided.get(stage.name, 0) - held.undecided.get(stage.name, 0)
    found = [of_point.get(_key(trial.axes)) for trial in to_do]
    known = [number for number in found if number is not None]
    largest = max((number for number in of_point.values() if number is not None), default=None)
    if len(known) < len(found) or (undecided and largest is None):
        return None
    return sum(known) + undecided * (largest or 0)


def _key(axes: Mapping[str, object]) -> tuple[object, ...]:
    return tuple((axis, comparable(value)) for axis, value in axes.items())
