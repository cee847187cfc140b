"""How long trials take, from those that are done, and what they have cost so far."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from orchestrator.evidence.gpu_use import slots_of
from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.state import Seen
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Stage, Study

_HOUR_S = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """How long a trial usually takes."""

    seconds: float
    """The median of all attempts together."""
    of: frozenset[str]
    """The ids of the finished trials that it rests on."""
    same_stage: bool
    """Whether they are of the same stage; else only of the same task."""
    same_study: bool = True
    """Whether they are trials of this study."""


class Durations:
    """How long the finished trials of a plan took, by stage and by task."""

    def __init__(self, seen: Seen, others: Mapping[str, Usual] | None = None) -> None:
        """Take what is seen, and what is known of stages otherwise; a trial of two stages tells of both."""
        self._others = others or {}
        stages: dict[str, dict[str, float]] = defaultdict(dict)
        tasks: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
        for trial in seen.plan.trials:
            if seen.states[trial.id] is State.DONE:
                seconds = seen.evidence[trial.id].seconds
                stages[trial.stage][trial.id] = seconds
                tasks[trial.task, trial.version][trial.id] = seconds
        self._stages = {name: _usual(found, same_stage=True) for name, found in stages.items()}
        self._tasks = {task: _usual(found, same_stage=False) for task, found in tasks.items()}

    def of(self, stage: Stage) -> Usual | None:
        """Return how long a trial of the stage usually takes; None where nothing like it is done."""
        of_task = self._tasks.get((stage.task, stage.version))
        return self._stages.get(stage.name) or of_task or self._others.get(stage.name)


def _usual(found: Mapping[str, float], *, same_stage: bool) -> Usual:
    return Usual(seconds=median(found.values()), of=frozenset(found), same_stage=same_stage)


def spent_seconds(evidence: Evidence, now: float) -> float:
    """Return how long all attempts at a trial have taken, the one that is at it now included."""
    last = evidence.attempts[-1] if evidence.attempts else None
    at_it = last is not None and last.exit is None and last.alive and evidence.result is None
    begun = last.claim.time if last and last.claim else now
    return evidence.seconds + (max(0.0, now - begun) if at_it else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What trials have cost so far."""

    cpu_hours: float = 0.0
    gpu_hours: float = 0.0


def spent(study: Study, seen: Seen, now: float) -> Spent:
    """Return what all attempts at trials of a study have cost, each trial counted once."""
    stages = {stage.name: stage for stage in study.stages}
    cpus = gpus = 0.0
    for trial in seen.plan.by_id.values():
        evidence = seen.evidence[trial.id]
        if evidence.attempts or evidence.result:
            shape = stages[trial.stage].shape_of(trial)
            hours = spent_seconds(evidence, now) / _HOUR_S / _sharers(shape, evidence)
            cpus, gpus = cpus + hours * shape.nodes * shape.cpus, gpus + hours * shape.all_gpus
    return Spent(cpu_hours=cpus, gpu_hours=gpus)


def _sharers(shape: Shape, evidence: Evidence) -> int:
    """Return how many trials at once were in the worker of a trial."""
    if evidence.result is None:
        return shape.at_once
    together = evidence.result.provenance.get("lockstep", 1)
    return slots_of(evidence.result.provenance) * (max(together, 1) if isinstance(together, int) else 1)
