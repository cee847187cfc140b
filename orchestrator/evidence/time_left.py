"""How long a study will still take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.durations import spent_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.durations import Durations, Usual
    from orchestrator.evidence.state import Seen
    from orchestrator.study.shape import Shape
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLeft:
    """How long a study will still take, and what that rests on."""

    seconds: float
    trials: int
    """Finished trials that it rests on."""
    workers: int
    unknown: int
    """Trials to do of which nobody knows how long they take: so much longer it is."""


def time_left(study: Study, seen: Seen, durations: Durations, workers: int, now: float) -> TimeLeft | None:
    """Return how long so many workers will still take.

    None where nobody works, and where of most trials to do nothing like them is done.

    It takes as long as the work of all workers, as the slowest stage that only some may work at, and as
    the longest chain of needs: whichever is most.
    """
    ahead = _ahead(study, seen)
    usual = {name: durations.of(study.stage(name)) for name in ahead}
    known = {name: found for name, found in usual.items() if found}
    unknown = sum(one.count for name, one in ahead.items() if name not in known)
    if not workers or unknown >= sum(ahead[name].count for name in known):
        return None
    loads = {name: _load(ahead[name], found, seen, now) for name, found in known.items()}
    at_once = {name: _at_once(study.stage(name), seen, workers) for name in known}
    shared = sum(load.work / min(map(_slots, _shapes(study.stage(name)))) for name, load in loads.items())
    alone = [load.work / at_once[name] for name, load in loads.items()]
    return TimeLeft(
        seconds=max([shared / workers, _longest_chain(study, loads, at_once), *alone]),
        trials=len(frozenset[str]().union(*(found.of for found in known.values()))),
        workers=workers,
        unknown=unknown,
    )


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What is still to do in a stage."""

    trials: Sequence[Trial]
    undecided: int

    @property
    def count(self) -> int:
        return len(self.trials) + self.undecided


@dataclass(frozen=True, slots=True)
class _Load:
    """Seconds that a stage still takes."""

    work: float
    """Of all its trials, one after the other."""
    longest: float
    """Of the trial that takes longest."""


def _ahead(study: Study, seen: Seen) -> Mapping[str, _Ahead]:
    """Return what is to do in each stage where anything is, each trial once."""
    groups: dict[str, list[Trial]] = {stage.name: [] for stage in study.stages}
    for trial in seen.plan.by_id.values():
        if not seen.states[trial.id].ended:
            groups[trial.stage].append(trial)
    found = {name: _Ahead(trials, seen.plan.undecided.get(name, 0)) for name, trials in groups.items()}
    return {name: one for name, one in found.items() if one.count}


def _load(ahead: _Ahead, usual: Usual, seen: Seen, now: float) -> _Load:
    left = [max(0.0, usual.seconds - spent_seconds(seen.evidence[trial.id], now)) for trial in ahead.trials]
    left += [usual.seconds] * ahead.undecided
    return _Load(sum(left), max(left))


def _shapes(stage: Stage) -> tuple[Shape, ...]:
    return stage.shapes or (stage.shape,)


def _slots(shape: Shape) -> int:
    return shape.at_once


def _at_once(stage: Stage, seen: Seen, workers: int) -> float:
    """Return how many trials of a stage may be at work at once where the other stages want nobody."""
    limits = [max(shape.at_once * min(workers, shape.workers or workers) for shape in _shapes(stage))]
    if stage.search is not None:
        openings = [one for one in seen.plan.openings if one.stage == stage.name]
        limits.append(max(len(openings), 1) * stage.search.parallel)
    return min(limits)


def _longest_chain(study: Study, loads: Mapping[str, _Load], at_once: Mapping[str, float]) -> float:
    """Return how long stages that need each other take one after the other, however many workers there are.

    A stage is over for those that need it once a trial is, a search only once all its answers are.
    """
    ends: dict[str, float] = {}
    for stage in study.stages:  # needs come first
        load = loads.get(stage.name)
        own = 0.0 if load is None else load.longest
        if load is not None and stage.search is not None:
            own = max(own, load.work / at_once[stage.name])
        ends[stage.name] = own + max((ends[edge.stage] for edge in stage.needs), default=0.0)
    return max(ends.values(), default=0.0)
