"""Judge the trials of a plan by the evidence about them; what did not change is not judged again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.failure import fingerprint
from orchestrator.evidence.state import Seen, State, own_state

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.study.plan import Plan
    from orchestrator.study.trial import Gathered, Trial

MOST_ALIKE = 3
"""A stage of which so many trials fail in the same way, before any is DONE, is paused."""
_NOTHING = Evidence()


def judge(plan: Plan, evidence: Mapping[str, Evidence]) -> Seen:
    """Return the state of every trial of the plan."""
    judge_ = Judge(plan)
    judge_.hear({identity: evidence.get(identity, _NOTHING) for identity in plan.by_id})
    return judge_.seen()


class _Group:
    """Trials that are gathered: how they are together, counted as one of them changes its state."""

    def __init__(self, members: Collection[str]) -> None:
        self.members = members
        self.takers: list[str] = []
        """The trials that need it."""
        self._done = 0
        self._lost = 0
        """Those that have ended without a result."""

    @property
    def state(self) -> State:
        """DONE once all of them are, BLOCKED when one has ended otherwise, else WAITING."""
        if self._lost:
            return State.BLOCKED
        return State.DONE if self._done == len(self.members) else State.WAITING

    def weigh(self, state: State | None, weight: int) -> None:
        """Count a member in some state, or that it is in it no more."""
        if state is State.DONE:
            self._done += weight
        elif state is not None and state.ended:
            self._lost += weight


class Judge:
    """The states of a plan's trials so far: what is heard of some changes theirs and what needs them."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._trials = plan.by_id
        self._prunable = prunable(plan)
        self._evidence: dict[str, Evidence] = {}
        self._own: dict[str, State] = {}
        self._states: dict[str, State] = {}
        self._stages: dict[str, list[str]] = {}
        self._takers: dict[str, list[str]] = {}
        for trial in plan.trials:
            self._stages.setdefault(trial.id, []).append(trial.stage)
        self._groups: dict[int, _Group] = {}
        """By the identity of what is gathered: all points that need the same trials share it."""
        self._groups_of: dict[str, list[_Group]] = {}
        for trial in plan.by_id.values():
            for need in trial.needs.values():
                self._takers.setdefault(need, []).append(trial.id)
            for gathered in trial.gathered.values():
                self._group(gathered).takers.append(trial.id)
        self._done: Counter[str] = Counter()
        self._alike: dict[str, Counter[str]] = {}
        self._paused: set[str] = set()

    def _group(self, gathered: Gathered) -> _Group:
        """Return the one group of what is gathered."""
        if (group := self._groups.get(id(gathered))) is None:
            group = self._groups[id(gathered)] = _Group({member.id for member in gathered.members})
            for member in group.members:
                self._groups_of.setdefault(member, []).append(group)
        return group

    def hear(self, evidence: Mapping[str, Evidence]) -> None:
        """Take evidence that is new; the first time it must be that of every trial."""
        for identity, found in evidence.items():
            self._weigh(identity, -1)
            self._evidence[identity] = found
            self._own[identity] = self.own(identity, found)
            self._weigh(identity, 1)
        paused = {stage for stage, counts in self._alike.items() if self._is_hopeless(stage, counts)}
        if paused == self._paused and self._states:
            self._judge(evidence)
        else:
            self._paused = paused
            for identity in self._trials:  # needs come first
                self._put(identity, self._judged(identity))

    def own(self, identity: str, found: Evidence) -> State:
        """Return the state as far as the trial itself decides it, in this plan."""
        own = own_state(found)
        return State.INTERRUPTED if own is State.PRUNED and identity not in self._prunable else own

    def _judge(self, changed: Iterable[str]) -> None:
        """Judge these trials again, and what needs those of which the state is another one by then."""
        left = list(changed)
        while left:
            identity = left.pop()
            state = self._judged(identity)
            if state is not self._states[identity]:
                left += self._put(identity, state)

    def _put(self, identity: str, state: State) -> list[str]:
        """Note the state of a trial; return what may be in another one because of it."""
        groups = self._groups_of.get(identity, ())
        before = [group.state for group in groups]
        for group in groups:
            group.weigh(self._states.get(identity), -1)
            group.weigh(state, 1)
        self._states[identity] = state
        changed = [group for group, was in zip(groups, before, strict=True) if group.state is not was]
        return [*self._takers.get(identity, ()), *(taker for group in changed for taker in group.takers)]

    def state(self, identity: str) -> State:
        """Return the state of a trial."""
        return self._states[identity]

    def _weigh(self, identity: str, weight: int) -> None:
        """Count a trial for or against the pausing of its stages."""
        found = self._evidence.get(identity, _NOTHING)
        if found is _NOTHING:
            return
        for stage in self._stages[identity]:
            if found.result is not None:
                self._done[stage] += weight
            elif found.attempts and self._own[identity] is State.FAILED:
                last = found.attempts[-1].exit
                if last is not None and last.failure is not None:
                    self._alike.setdefault(stage, Counter())[fingerprint(last.failure)] += weight

    def _is_hopeless(self, stage: str, alike: Counter[str]) -> bool:
        return not self._done[stage] and max(alike.values(), default=0) >= MOST_ALIKE

    def _judged(self, identity: str) -> State:
        own = self._own[identity]
        if not own.claimable:
            return own
        trial = self._trials[identity]
        if trial.missing:
            return State.SKIPPED
        if trial.stage in self._paused:
            return State.PAUSED
        needs = [self._states[need] for need in trial.needs.values()]
        needs += [self._group(gathered).state for gathered in trial.gathered.values()]
        if any(state.ended and state is not State.DONE for state in needs):
            return State.BLOCKED
        return own if all(state is State.DONE for state in needs) else State.WAITING

    def seen(self) -> Seen:
        """Return the states as they are now.

        A search asks no more where that would teach it nothing: while its stage is paused, and once one of
        its finished trials lacks a metric it is for.
        """
        openings = tuple(
            replace(opening, remaining=0)
            if opening.stage in self._paused
            or any(
                first_without(opening.trials, objective.metric, self._evidence)
                for objective in opening.search.objectives
            )
            else opening
            for opening in self._plan.openings
        )
        plan = self._plan if openings == self._plan.openings else replace(self._plan, openings=openings)
        return Seen(plan=plan, evidence=dict(self._evidence), states=dict(self._states))


def prunable(plan: Plan) -> set[str]:
    """Return the trials that only searches with a pruner want: what another stage wants goes to its end."""
    pruned = {opening.stage for opening in plan.openings if opening.search.pruner is not None}
    return {trial.id for trial in plan.trials} - {
        trial.id for trial in plan.trials if trial.stage not in pruned
    }


def first_without(trials: Sequence[Trial], metric: str, evidence: Mapping[str, Evidence]) -> Trial | None:
    """Return the first finished trial that does not give a metric."""
    for trial in trials:
        result = evidence[trial.id].result
        if result is not None and metric not in result.metrics:
            return trial
    return None
