"""A study of exactly these trials: every point, and every need, is decided beforehand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import OrchestratorError
from orchestrator.study.plan import Known, expand
from orchestrator.study.study import Edge, Point, Stage, Study
from orchestrator.study.trial import canonical

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.study.trial import Gathered, Trial


@dataclass(frozen=True, slots=True)
class CodeStep:
    """Trials that the same code made, and that can be trained one after the other."""

    code: str
    trials: tuple[str, ...]
    """Their ids; what they need stands in this step or in an earlier one."""


def with_needs(wanted: Collection[str], trials: Mapping[str, Trial]) -> list[Trial]:
    """Return these trials and all that they rest on, in the order of the plan, in which needs come first.

    Raises OrchestratorError where one of them is not in the plan.
    """
    found: set[str] = set()
    waiting = [*wanted]
    while waiting:
        one = waiting.pop()
        if one not in trials:
            raise OrchestratorError(f"trial {one} is needed, and is not in the plan of the study any more")
        if one not in found:
            found.add(one)
            waiting += trials[one].needed_ids
    return [trial for trial in trials.values() if trial.id in found]


def steps(trials: Sequence[Trial], codes: Mapping[str, str]) -> list[CodeStep]:
    """Return in which order trials are trained, each with the code that made it; needs come first."""
    found: list[CodeStep] = []
    done: set[str] = set()
    left = [*trials]
    while left:
        code, taken = codes[left[0].id], []
        for trial in left:
            if codes[trial.id] == code and done.issuperset(trial.needed_ids):
                taken.append(trial.id)
                done.add(trial.id)
        found.append(CodeStep(code, tuple(taken)))
        left = [trial for trial in left if trial.id not in done]
    return found


def only_these(study: Study, trials: Sequence[Trial]) -> Study:
    """Return a study whose plan is these trials alone; all that they need must be among them.

    Raises OrchestratorError where it comes out as something else.
    """
    made = _Stages(study)
    for stage in study.stages:  # needs come first in a study
        made.add(stage, [trial for trial in trials if trial.stage == stage.name], trials)
    found = study.model_copy(update={"stages": tuple(made.stages)})
    planned = expand(found, Known()).by_id.keys()
    if planned != {trial.id for trial in trials}:
        raise OrchestratorError("these trials cannot be planned alone: their ids come out as others")
    return found


@dataclass(slots=True)
class _Stages:
    study: Study
    stages: list[Stage] = field(default_factory=list)
    alone: dict[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    """Trial -> the stage in which its axes are its own, and these."""
    groups: dict[str, str] = field(default_factory=dict)
    """What is gathered -> the stage that has just that."""

    def add(self, stage: Stage, mine: Sequence[Trial], trials: Sequence[Trial]) -> None:
        """Add what of a stage these trials are, need alone, or gather."""
        ids = {trial.id: trial for trial in mine}
        gathered = {group.key: group for one in trials for group in one.gathered.values()}
        only_members = {member.id for group in gathered.values() for member in group.members}
        only_members -= {need for one in trials for need in one.needs.values()}
        only_members &= {need for one in trials for need in one.needed_ids}
        for share in _apart([trial for trial in mine if trial.id not in only_members]):
            name = self._add(stage, [(trial, trial.axes) for trial in share])
            self.alone |= {trial.id: (name, trial.axes) for trial in share}
        for key, group in gathered.items():
            if group.members and group.members[0].id in ids:
                self.groups[key] = self._add(stage, [(ids[one.id], one.axes) for one in group.members])

    def _add(self, stage: Stage, points: Sequence[tuple[Trial, Mapping[str, Any]]]) -> str:
        """Add a stage of these trials, with these axes, and return its name."""
        taken = Counter(one.name for one in self.stages)
        name = next(
            name
            for number in range(1, len(self.stages) + 2)
            if (name := stage.name if number == 1 else f"{stage.name}_{number}") not in taken
        )
        needs = [edge for trial, axes in points for edge in self._edges(trial, axes)]
        edges = {canonical(edge.model_dump(mode="json")): edge for edge in needs}
        self.stages.append(
            stage.model_copy(
                update={
                    "name": name,
                    "search": None,
                    "shape": stage.shape.model_copy(update={"lockstep": 1}),
                    "points": tuple(_point(trial, axes) for trial, axes in points),
                    "needs": tuple(edges.values()),
                }
            )
        )
        return name

    def _edges(self, trial: Trial, axes: Mapping[str, Any]) -> list[Edge]:
        """Return the needs of a trial, each for its point alone."""
        when = {axis: [value] for axis, value in axes.items()}
        found = []
        for name, need in trial.needs.items():
            stage, where = self.alone[need]
            found.append(Edge(name=name, stage=stage, when=when, where=dict(where)))
        for name, group in trial.gathered.items():
            found.append(Edge(name=name, stage=self.groups[group.key], when=when, all=_axes_of(group)))
        return found


def _axes_of(group: Gathered) -> tuple[str, ...]:
    return tuple(group.members[0].axes)


def _apart(trials: Sequence[Trial]) -> list[list[Trial]]:
    """Return the trials in groups in which no two have the same axes: answers of a search may."""
    groups: list[dict[str, Trial]] = []
    for trial in trials:
        key = canonical(trial.axes)
        free = next((group for group in groups if key not in group), None)
        if free is None:
            groups.append(free := {})
        free[key] = trial
    return [list(group.values()) for group in groups]


def _point(trial: Trial, axes: Mapping[str, Any]) -> Point:
    """Return the point of a trial; it is trained alone, for in lockstep rounding depends on company."""
    shape = trial.shape and trial.shape.model_copy(update={"lockstep": 1})
    return Point(axes=dict(axes), seed=trial.seed, params=trial.params, shape=shape)
