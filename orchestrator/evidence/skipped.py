"""What a study leaves out because data or weights are missing, and what stays undone because of that."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.state import State
from orchestrator.study.plan import Candidates, applies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Edge, Point, Stage, Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One dataset or weight file that is not there."""

    message: str
    hint: str = ""
    """What to type instead of looking for it."""
    stages: tuple[str, ...] = ()
    """Those that want it, in the order of the study."""

    def __str__(self) -> str:
        return "\n    ".join([*self.message.splitlines(), f"for: {', '.join(self.stages)}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """What stays undone until the missing things are there."""

    trials: frozenset[str] = frozenset()
    """Ids of the trials that miss something, and of those that need one of them."""
    undecided: Mapping[str, int] = field(default_factory=dict)
    """Stage -> trials that cannot even be decided: those of a skipped search, or after a skipped sweep."""
    lacks: tuple[Lack, ...] = ()
    """What they wait for."""

    def __len__(self) -> int:
        return len(self.trials) + sum(self.undecided.values())


def lacks_of(wanting: Sequence[tuple[str, str]]) -> tuple[Lack, ...]:
    """Return what is missing, each told once, from what tasks say and the stage they say it for.

    A task may end what it says with a line `hint: ...`.
    """
    stages: dict[str, dict[str, None]] = {}
    for text, stage in wanting:
        stages.setdefault(text, {})[stage] = None
    parted = {text: text.partition("\nhint: ") for text in stages}
    return tuple(
        Lack(message=parted[text][0], hint=parted[text][2], stages=tuple(names))
        for text, names in stages.items()
    )


def told(lacks: Sequence[Lack]) -> str:
    """Return everything that is missing, a hint that several share only once."""
    groups: dict[str, list[Lack]] = {}
    for lack in lacks:
        groups.setdefault(lack.hint, []).append(lack)
    lines: list[str] = []
    for hint, group in groups.items():
        lines += [f"- {lack}" for lack in group]
        if hint:
            several = f" for these {len(group)}" if len(group) > 1 else ""
            lines.append(f"    hint{several}: {hint}")
    return "\n".join(lines)


def skipping(study: Study, missing: Mapping[tuple[str, int], tuple[str, ...]]) -> Study:
    """Return the study whose points know what their task does not find.

    `missing` names a point by its stage and its place in it.
    """
    stages = []
    for stage in study.stages:
        points = tuple(
            point.model_copy(update={"missing": missing.get((stage.name, place), ())})
            for place, point in enumerate(stage.points)
        )
        stages.append(stage.model_copy(update={"points": points}))
    return study.model_copy(update={"stages": tuple(stages)})


def skipped(study: Study, seen: Seen) -> Skipped:
    """Return the trials that miss something, and all that needs them."""
    if not any(point.missing for stage in study.stages for point in stage.points):
        return Skipped()
    trials: set[str] = set()
    undecided: Counter[str] = Counter()
    left: dict[str, _Left] = {}
    wanting: list[tuple[str, str]] = []
    for stage in study.stages:  # needs come first
        known = Candidates(seen.plan.of(stage.name))
        undone: list[Point] = []
        open_: list[Point] = []
        for point in stage.points:
            own = known.joined(point.axes)
            held = {trial.id for trial in own if _is_held(trial, seen, trials)}
            waiting = stage.trials_per_point - len(own) if _waits(stage, point, left) else 0
            if waiting:
                undecided[stage.name] += waiting
                open_.append(point)
            if held or waiting:
                undone.append(point)
                wanting += [(text, stage.name) for text in point.missing]
            trials |= held
        others = [trial for trial in seen.plan.of(stage.name) if trial.id not in trials]
        left[stage.name] = _Left(Candidates(undone), Candidates(open_), Candidates(others))
    return Skipped(trials=frozenset(trials), undecided=dict(undecided), lacks=lacks_of(wanting))


@dataclass(frozen=True, slots=True)
class _Left:
    """What of a stage stays undone."""

    undone: Candidates[Point]
    undecided: Candidates[Point]
    """Those of these points of which not all trials are known."""
    others: Candidates[Trial]
    """Trials that miss nothing."""

    def keeps(self, edge: Edge, axes: Mapping[str, Any]) -> bool:
        """Say whether a need cannot be met because of it."""
        joined = edge.joins_on(axes)
        if edge.require is None:
            return bool(self.undone.joined(joined))
        few = self.undone.joined(joined) and len(self.others.joined(joined)) < edge.require
        return bool(self.undecided.joined(joined) or few)


def _is_held(trial: Trial, seen: Seen, held: set[str]) -> bool:
    state = seen.states[trial.id]
    return state is State.SKIPPED or (state is State.BLOCKED and not held.isdisjoint(trial.needed_ids))


def _waits(stage: Stage, point: Point, left: Mapping[str, _Left]) -> bool:
    """Say whether the point misses something, or has a need that leads to what stays undone."""
    return bool(point.missing) or any(
        applies(edge, point.axes) and left[edge.stage].keeps(edge, point.axes) for edge in stage.needs
    )
