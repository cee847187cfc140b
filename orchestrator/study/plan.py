"""From a resolved study and what is known so far to the trials it consists of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from orchestrator.study.best import ranked
from orchestrator.study.gather import Gathering, Made
from orchestrator.study.matrix import comparable, is_among
from orchestrator.study.needed import Needed
from orchestrator.study.searches.opening import Answer, Opening, search_key
from orchestrator.study.searches.search_end import end_name
from orchestrator.study.searches.tree import at, has, laid
from orchestrator.study.study import Edge, Point, Stage, Study
from orchestrator.study.trial import Gathered, Trial, trial_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.searches.opening import Asked
    from orchestrator.study.searches.search_end import SearchEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What evidence says beyond the study itself."""

    asked: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    """Search key -> its answers so far."""
    results: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Trial id -> metrics, finished trials only."""
    ends: Mapping[tuple[str, str], SearchEnd] = field(default_factory=dict)
    """Search key and name of its limits -> why it asks no more, of those that ended early."""
    ended: frozenset[str] = frozenset()
    """Trials that will not change any more, failed ones included."""
    settled: frozenset[str] = frozenset()
    """Likewise, with those that are skipped, paused or blocked by others: what `require` decides on."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All trials and needs so far."""

    study: str
    trials: tuple[Trial, ...]
    openings: tuple[Opening, ...]
    undecided: Mapping[str, int]
    """Stage -> trials whose parameters are not known yet."""

    @cached_property
    def by_id(self) -> Mapping[str, Trial]:
        """Every trial once, by its id: one that two stages share stands in `trials` twice."""
        return {trial.id: trial for trial in self.trials}

    def of(self, stage: str) -> list[Trial]:
        """Return the trials of one stage."""
        return [trial for trial in self.trials if trial.stage == stage]


def expand(study: Study, known: Known) -> Plan:
    """Return the trials of the study, as far as results so far decide them."""
    return Expansion(study).expand(known)


_Where = tuple[int, int, int | None]
"""Place of the point in its stage, number of the answer and seed that the answer is tried with."""


class Expansion:
    """Expands a study again and again: a trial that comes out as before is made once."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._made: dict[tuple[str, _Where], tuple[Needed, Mapping[str, Any], Trial]] = {}
        """Stage and where in it -> needs, chosen parameters, and the trial that they made."""
        self._gathered: Made = {}

    def expand(self, known: Known) -> Plan:
        """Return the trials of the study, as far as results so far decide them."""
        trials: dict[str, list[Trial]] = {}
        earlier = _Earlier(
            known,
            Gathering(known, self._gathered, {stage.name: stage.search for stage in self._study.stages}),
        )
        openings: list[Opening] = []
        undecided: Counter[str] = Counter()
        for stage in self._study.stages:
            trials[stage.name] = []
            waiting: list[Point] = []
            for place, point in enumerate(stage.points):
                needed = earlier.needed(stage, point)
                if needed is None:
                    undecided[stage.name] += stage.trials_per_point
                    waiting.append(point)
                elif stage.search is None:
                    made = self._trial(stage, (place, 0, None), needed.inherited, needed)
                    trials[stage.name].append(made)
                else:
                    opening = self._opening(stage, place, needed, known)
                    trials[stage.name].extend(opening.trials)
                    openings.append(opening)
                    if opening.remaining:
                        undecided[stage.name] += opening.remaining * opening.per_answer
                        waiting.append(point)
            earlier.pending[stage.name] = Candidates(waiting)
            earlier.trials[stage.name] = Candidates(trials[stage.name])
        return Plan(
            study=self._study.name,
            trials=tuple(trial for group in trials.values() for trial in group),
            openings=tuple(openings),
            undecided=undecided,
        )

    def _trial(self, stage: Stage, where: _Where, chosen: Mapping[str, Any], needed: Needed) -> Trial:
        """Return the trial of a point, or of one answer to its search."""
        made = self._made.get((stage.name, where))
        if made is not None and made[0] == needed and made[1] == chosen:
            return made[2]
        place, _, seed = where
        point = stage.points[place].with_seed(seed)
        trial = trial_of(stage, point, laid(stage.task, point.params, chosen), needed)
        self._made[stage.name, where] = needed, chosen, trial
        return trial

    def _opening(self, stage: Stage, place: int, needed: Needed, known: Known) -> Opening:
        assert stage.search is not None
        search, point = stage.search, stage.points[place]
        base = point.model_copy(update={"params": laid(stage.task, point.params, needed.inherited)})
        key = search_key(stage, base, needed)
        asked, end = known.asked.get(key, ())[: search.trials], known.ends.get((key, end_name(search)))
        if end is not None:
            asked = asked[: end.answers]
        return Opening(
            stage=stage.name,
            key=key,
            point=base,
            needed=needed,
            search=search,
            answers=tuple(self._answer(stage, place, one, needed) for one in asked),
            remaining=0 if end is not None else (search.trials or 0) - len(asked),
            end=end,
        )

    def _answer(self, stage: Stage, place: int, asked: Asked, needed: Needed) -> Answer:
        """Return an answer with a trial for each seed that it is tried with."""
        assert stage.search is not None
        chosen = {**needed.inherited, **asked.params}
        return Answer(
            number=asked.number,
            params=asked.params,
            attrs=asked.attrs,
            after=asked.after,
            trials=tuple(
                self._trial(stage, (place, asked.number, seed), chosen, needed)
                for seed in stage.search.tried_with
            ),
        )


T = TypeVar("T", Trial, Point)


@dataclass(slots=True)
class Candidates(Generic[T]):
    """The trials or points of one stage, found by axes; they all have the same axes."""

    members: Sequence[T]
    groups: dict[tuple[str, ...], dict[tuple[Any, ...], list[T]]] = field(default_factory=dict)
    """Shared axes -> their values -> members; searching all of them for each point would be quadratic."""

    def joined(self, axes: Mapping[str, Any]) -> list[T]:
        """Return the members that agree with the point on every axis both have."""
        own = self.members[0].axes if self.members else {}
        shared = tuple(axis for axis in own if axis in axes)
        if shared not in self.groups:
            self.groups[shared] = {}
            for member in self.members:
                values = tuple(comparable(member.axes[axis]) for axis in shared)
                self.groups[shared].setdefault(values, []).append(member)
        return self.groups[shared].get(tuple(comparable(axes[axis]) for axis in shared), [])


def applies(edge: Edge, axes: Mapping[str, Any]) -> bool:
    """Say whether the need holds for this point."""
    return all(axis in axes and is_among(axes[axis], wanted) for axis, wanted in edge.when.items())


class _Earlier:
    """The stages that come before: what their trials are, and which points are not decided yet."""

    def __init__(self, known: Known, gathering: Gathering) -> None:
        self._known = known
        self._gathering = gathering
        self.trials: dict[str, Candidates[Trial]] = {}
        self.pending: dict[str, Candidates[Point]] = {}

    def needed(self, stage: Stage, point: Point) -> Needed | None:
        """Return what the needs of a point lead to; None while one of them is not decided."""
        needs: dict[str, str] = {}
        gathered: dict[str, Gathered] = {}
        inherited: dict[str, Any] = {}
        for edge in (edge for edge in stage.needs if applies(edge, point.axes)):
            found: Trial | Gathered | None = (
                self._one(edge, point) if edge.all is None else self._gather(edge, point)
            )
            if found is None:
                return None
            if isinstance(found, Gathered):
                gathered[edge.name] = found
                continue
            needs[edge.name] = found.id
            for name in edge.inherits:  # a trial that averages others has an axis for no parameter
                handed = found.params if has(found.params, name) else found.axes
                inherited |= {name: at(handed, name)} if has(handed, name) else {}
        return Needed(needs=needs, gathered=gathered, inherited=inherited)

    def _one(self, edge: Edge, point: Point) -> Trial | None:
        axes = edge.joins_on(point.axes)
        found = self.trials[edge.stage].joined(axes)
        if edge.best is None:
            return found[0] if len(found) == 1 else None
        results, place = self._known.results, edge.place(point.axes)
        best = ranked(found, edge.best, results, point.axes, searched=edge.searched)[place : place + 1]
        open_ = self.pending[edge.stage].joined(axes) or not all(
            trial.id in self._known.ended for trial in found
        )
        return None if open_ or not best else best[0]

    def _gather(self, edge: Edge, point: Point) -> Gathered | None:
        axes = edge.joins_on(point.axes)
        if self.pending[edge.stage].joined(axes):
            return None
        return self._gathering.of(edge, self.trials[edge.stage].joined(axes))


def trial_of(stage: Stage, point: Point, params: Mapping[str, Any], needed: Needed) -> Trial:
    """Return the trial of a point once its parameters and needs are known."""
    identity = trial_id(
        task=stage.task,
        version=stage.version,
        params=params,
        seed=point.seed,
        needs=needed.needs,
        gathered=needed.gathered,
        fresh=stage.fresh,
    )
    return Trial(
        id=identity,
        stage=stage.name,
        task=stage.task,
        version=stage.version,
        params=dict(params),
        seed=point.seed,
        needs=dict(needed.needs),
        gathered=dict(needed.gathered),
        axes=point.axes,
        fresh=stage.fresh,
        missing=point.missing,
        shape=point.shape,
    )
