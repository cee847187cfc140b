"""How far a study is, as plain values: what a terminal shows while it goes on."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.evidence.durations import Durations, Spent, spent, spent_seconds
from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State
from orchestrator.evidence.time_left import TimeLeft, time_left
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.evidence.durations import Usual
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial

PROGRESS = "progress"
"""A metric by which a task says how far a trial is, from 0 to 1."""
LastLogged = tuple[int, "Mapping[str, float]"]
"""The last step that a trial logged, and its metrics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageHeadway:
    """How far a stage is."""

    name: str
    states: Mapping[State, int]
    undecided: int = 0
    """Trials whose parameters are not known yet."""
    best: tuple[str, float] | None = None
    """The metric that a search is for, and the best value so far; None for several metrics, and elsewhere."""

    @property
    def trials(self) -> int:
        """How many trials it has, undecided ones included."""
        return sum(self.states.values()) + self.undecided

    @property
    def done(self) -> int:
        """How many of them need nothing more."""
        return self.states.get(State.DONE, 0) + self.states.get(State.PRUNED, 0)

    @property
    def ended(self) -> bool:
        """Whether nothing happens in it any more without a command."""
        return not self.undecided and all(state.ended for state in self.states)

    @property
    def waits(self) -> bool:
        """Whether nothing of it has begun, or could."""
        return set(self.states) <= {State.WAITING}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTrial:
    """A trial that is being trained."""

    name: str
    """Its stage, as short as that is clear, and the axes in which trials of the stage differ."""
    seconds: float
    """How long all its attempts have taken so far."""
    left: float | None = None
    """How long it will still take; None where nobody knows."""
    step: int | None = None
    """The last that it logged."""
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Those of that step, what matters most first; how far it is, is told as the time left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTrials:
    """Trials of a stage that failed in the same way."""

    stage: str
    kind: str
    """Their failure class."""
    message: str
    trial: str
    """The id of the first."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Headway:
    """How far a study is at one look."""

    study: str
    looked: float
    """When, in Unix time."""
    since: float | None
    """When it was submitted; None where nobody has written that down."""
    trials: int
    """How many it has, undecided ones included; one that two stages share counts once."""
    done: int
    stages: tuple[StageHeadway, ...]
    running: tuple[RunningTrial, ...]
    failed: tuple[FailedTrials, ...]
    left: TimeLeft | None
    spent: Spent
    workers: int
    """Workers that live or are queued."""


def headway(
    submission: Submission, seen: Seen, logged: Mapping[str, LastLogged], *, workers: int, now: float
) -> Headway:
    """Return how far a study is; `logged` is what its running trials logged last, by their ids."""
    study, durations, counts = submission.study, Durations(seen), seen.count()
    return Headway(
        study=study.name,
        looked=now,
        since=submission.time or None,
        trials=sum(counts.values()) + sum(seen.plan.undecided.values()),
        done=counts[State.DONE] + counts[State.PRUNED],
        stages=_stages(study, seen),
        running=_running(study, seen, durations, logged, now),
        failed=_failed(seen),
        left=time_left(study, seen, durations, workers, now),
        spent=spent(study, seen, now),
        workers=workers,
    )


def _stages(study: Study, seen: Seen) -> tuple[StageHeadway, ...]:
    states: dict[str, Counter[State]] = defaultdict(Counter)
    for trial in seen.plan.trials:
        states[trial.stage][seen.states[trial.id]] += 1
    undecided = seen.plan.undecided
    return tuple(
        StageHeadway(
            name=stage.name,
            states=states[stage.name],
            undecided=undecided.get(stage.name, 0),
            best=_best(stage, seen),
        )
        for stage in study.stages
    )


def _best(stage: Stage, seen: Seen) -> tuple[str, float] | None:
    """Return the best finite value of what a search is for, as far as trials are done."""
    if stage.search is None or len(stage.search.objectives) != 1:
        return None
    objective = stage.search.objectives[0]
    results = [result for trial in seen.plan.of(stage.name) if (result := seen.evidence[trial.id].result)]
    values = [result.metrics.get(objective.metric, math.nan) for result in results]
    found = min(filter(math.isfinite, values), key=objective.key, default=None)
    return None if found is None else (objective.metric, found)


def _running(
    study: Study, seen: Seen, durations: Durations, logged: Mapping[str, LastLogged], now: float
) -> tuple[RunningTrial, ...]:
    usual = {stage.name: durations.of(stage) for stage in study.stages}
    first, short = _watched(study), short_names([stage.name for stage in study.stages])
    varied = _varied(seen)
    found = []
    for trial in seen.plan.by_id.values():
        if seen.states[trial.id] is State.RUNNING:
            step, metrics = logged.get(trial.id, (None, {}))
            names = dict.fromkeys([*(name for name in first if name in metrics), *metrics])
            spent_s = spent_seconds(seen.evidence[trial.id], now)
            found.append(
                RunningTrial(
                    name=f"{short[trial.stage]} {_point(trial, varied[trial.stage])}".rstrip(),
                    seconds=spent_s,
                    left=_left(usual[trial.stage], spent_s, metrics.get(PROGRESS)),
                    step=step,
                    metrics={name: metrics[name] for name in names if name != PROGRESS},
                )
            )
    return tuple(found)


def _left(usual: Usual | None, spent_s: float, progress: float | None) -> float | None:
    """Return how long a trial still takes: as others of its kind, else by how far it says that it is."""
    if usual is not None:
        return usual.seconds - spent_s
    if progress is None or not 0 < progress <= 1:
        return None
    return spent_s / progress - spent_s


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return each name without the prefix of its composed study, unless another one ends in the same way."""
    endings = Counter(name.rpartition(".")[2] for name in names)
    return {
        name: name.rpartition(".")[2] if endings[name.rpartition(".")[2]] == 1 else name for name in names
    }


def _varied(seen: Seen) -> Mapping[str, set[str]]:
    """Return the axes in which trials differ, of each stage that trials are being trained of."""
    at_work = {one.stage for one in seen.plan.by_id.values() if seen.states[one.id] is State.RUNNING}
    first: dict[str, Trial] = {}
    varied: dict[str, set[str]] = {stage: set() for stage in at_work}
    for trial in seen.plan.trials:
        if trial.stage in at_work:
            like = first.setdefault(trial.stage, trial)
            varied[trial.stage] |= {axis for axis in trial.axes if trial.axes[axis] != like.axes.get(axis)}
    return varied


def _point(trial: Trial, axes: Collection[str]) -> str:
    chosen = {axis: value for axis, value in trial.axes.items() if axis in axes}
    return axes_text(chosen) if chosen else ""


def _watched(study: Study) -> list[str]:
    """Return the metrics that decide something in the study."""
    searches = [stage.search for stage in study.stages if stage.search]
    best = [edge.best.metric for stage in study.stages for edge in stage.needs if edge.best]
    objectives = [one.metric for search in searches for one in search.objectives]
    return list(dict.fromkeys([*(search.watched for search in searches), *objectives, *best]))


def _failed(seen: Seen) -> tuple[FailedTrials, ...]:
    alike: dict[tuple[str, str], list[Trial]] = defaultdict(list)
    for trial in seen.plan.by_id.values():
        if seen.states[trial.id] is State.FAILED:
            alike[trial.stage, diagnose(seen.evidence[trial.id]).kind].append(trial)
    return tuple(
        FailedTrials(
            stage=stage,
            kind=kind,
            message=diagnose(seen.evidence[trials[0].id]).message,
            trial=trials[0].id,
            count=len(trials),
        )
        for (stage, kind), trials in alike.items()
    )
