"""Claim a trial: one that is ready and fits, or one that a search is asked for."""

from __future__ import annotations

import random
import socket
import time
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.engine.ask import ask
from orchestrator.engine.closing import close_searches
from orchestrator.engine.demand import held_back, open_answers, shape_of
from orchestrator.evidence.evidence import Claim, Leader
from orchestrator.places.profile import more_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.engine.observe import Observer
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.state import Seen
    from orchestrator.study.shape import Shape
    from orchestrator.study.trial import Trial


Claimed: TypeAlias = "tuple[Trial, int]"
"""A trial, and the number of the attempt at it that was taken."""
_RACES = 20
"""So often another worker may be faster before this one gives up for now."""


class Offers:
    """The trials that were seen to be ready and to fit, each of which is tried once.

    They are tried in the order of the plan. Who loses a race goes on somewhere else in the same stage: where
    many workers have the same sight, each would meet the others at every trial.
    """

    def __init__(self, worker: Worker, observer: Observer, seen: Seen) -> None:
        self._worker, self._observer, self._seen = worker, observer, seen
        stages: dict[str, deque[Trial]] = {}
        held = held_back(seen)
        for trial in seen.plan.trials:
            if seen.states[trial.id].claimable and (trial.stage, trial.id) not in held:
                stages.setdefault(trial.stage, deque()).append(trial)
        self._stages = list(stages.values())
        self.tried: set[str] = set()

    def claim(self) -> Claimed | None:
        """Take the next trial, and the number of the attempt at it; None when none is left."""
        for trials in self._stages:
            while trials:
                trial = trials.popleft()
                if not self._may_try(trial):
                    continue
                if claimed := self._try(trial):
                    return claimed
                trials.rotate(random.randrange(len(trials) + 1))
        return None

    def claim_beside(self, leader: Claimed, wanted: Callable[[Trial], bool]) -> Iterator[Claimed]:
        """Take one after the other those that are wanted, to be trained in lockstep with another one."""
        led_by = Leader(trial=leader[0].id, attempt=leader[1])
        for trials in self._stages:
            for trial in trials:
                if self._may_try(trial) and wanted(trial) and (claimed := self._try(trial, led_by)):
                    yield claimed

    def _may_try(self, trial: Trial) -> bool:
        return trial.id not in self.tried and self._shape(trial).fits(self._worker.shape)

    def _shape(self, trial: Trial) -> Shape:
        return shape_of(self._worker.submission.study, self._seen, trial)

    def _try(self, trial: Trial, leader: Leader | None = None) -> Claimed | None:
        """Take a trial; None where somebody else was faster."""
        attempts = self._seen.evidence[trial.id].attempts
        number = attempts[-1].number + 1 if attempts else 1
        self._observer.doubt(trial)
        self.tried.add(trial.id)
        return (trial, number) if _take(self._worker, trial, number, self._shape(trial), leader) else None


def claim_asked(worker: Worker, observer: Observer, seen: Seen) -> Claimed | None:
    """Ask a search for one more trial and take it; when somebody else asks at the same moment, try again."""
    study = worker.submission.study
    for _ in range(_RACES):
        if worker.stopping:
            return None
        if close_searches(worker.runs, seen, time.time()):  # what waited for one of them may be ready
            seen = observer.look()
            if claimed := Offers(worker, observer, seen).claim():
                return claimed
        fitting = [
            one for one in seen.plan.openings if study.stage(one.stage).shape_of(one.point).fits(worker.shape)
        ]
        opening = next((one for one in fitting if open_answers(seen, one) > 0), None)
        if opening is None:
            return None
        ask(worker, opening, seen, open_answers(seen, opening))
        seen = observer.look()
        if claimed := Offers(worker, observer, seen).claim():
            return claimed
    return None


def _take(worker: Worker, trial: Trial, number: int, shape: Shape, leader: Leader | None) -> bool:
    folder = worker.runs.trial(trial)
    claim = Claim(
        worker=worker.name,
        job=worker.job,
        host=socket.gethostname(),
        time=time.time(),
        code=worker.submission.code,
        more_memory=more_memory(worker.submission.profile, shape),
        node=worker.place.this_node(),
        gpus=worker.shape.gpus,
        leader=leader,
    )
    if not folder.claim(number, claim):
        return False
    folder.describe(trial)  # by nobody else now: a file that is replaced is stale for who reads it elsewhere
    return True
