"""Claim a trial: one that is ready and fits, or one that a search is asked for."""

from __future__ import annotations

import random
import socket
import time
from collections import deque
from typing import TYPE_CHECKING

from orchestrator.engine.demand import open_slots, shape_of
from orchestrator.engine.edges.suggest import suggest
from orchestrator.engine.pruning import metric_of
from orchestrator.engine.told import what_came_of
from orchestrator.evidence.evidence import Claim
from orchestrator.places.profile import more_memory
from orchestrator.study.opening import Asked

if TYPE_CHECKING:
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.told import History
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.state import Seen
    from orchestrator.study.opening import Opening
    from orchestrator.study.shape import Shape
    from orchestrator.study.trial import Trial


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
        for trial in seen.plan.trials:
            if seen.states[trial.id].claimable:
                stages.setdefault(trial.stage, deque()).append(trial)
        self._stages = list(stages.values())
        self.tried: set[str] = set()

    def claim(self) -> tuple[Trial, int] | None:
        """Take the next trial, and the number of the attempt at it; None when none is left."""
        study, seen = self._worker.submission.study, self._seen
        for trials in self._stages:
            while trials:
                trial = trials.popleft()
                shape = shape_of(study, seen, trial)
                if trial.id in self.tried or not shape.fits(self._worker.shape):
                    continue
                attempts = seen.evidence[trial.id].attempts
                number = attempts[-1].number + 1 if attempts else 1
                self._observer.doubt(trial)
                self.tried.add(trial.id)
                if _take(self._worker, trial, number, shape):
                    return trial, number
                trials.rotate(random.randrange(len(trials) + 1))
        return None


def claim_asked(worker: Worker, observer: Observer, seen: Seen) -> tuple[Trial, int] | None:
    """Ask a search for one more trial and take it; when somebody else asks at the same moment, try again."""
    study = worker.submission.study
    for _ in range(_RACES):
        fitting = [
            one for one in seen.plan.openings if study.stage(one.stage).shape_of(one.point).fits(worker.shape)
        ]
        opening = next((one for one in fitting if open_slots(seen, one) > 0), None)
        if opening is None:
            return None
        _ask(worker, opening, seen, open_slots(seen, opening))
        seen = observer.look()
        if claimed := Offers(worker, observer, seen).claim():
            return claimed
    return None


def _ask(worker: Worker, opening: Opening, seen: Seen, slots: int) -> None:
    """Write the search's next answer, unless somebody else has just done so.

    Where answers do not depend on results there are as many at once as the search may have.
    """
    search = worker.submission.study.stage(opening.stage).search
    assert search is not None
    told = what_came_of(opening, seen, _histories(worker, opening, seen)) if search.learns else ()
    asked = len(opening.answers)
    numbers = range(asked + 1, asked + 1 + (1 if search.learns else slots))
    first, *more = (suggest(search, opening.point.seed, told, number, key=opening.key) for number in numbers)
    after = tuple(trial.id for trial in opening.trials if search.learns and seen.evidence[trial.id].result)
    answer = Asked(number=numbers[0], params=first, after=after, more=tuple(more))
    worker.runs.publish_answer(opening.key, answer)


def _histories(worker: Worker, opening: Opening, seen: Seen) -> dict[str, History]:
    """Return how the trials of a search went, where it has a pruner."""
    if opening.search.pruner is None:
        return {}
    return worker.histories.of(opening.trials, metric_of(opening.search), seen)


def _take(worker: Worker, trial: Trial, number: int, shape: Shape) -> bool:
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
    )
    if not folder.claim(number, claim):
        return False
    folder.describe(trial)  # by nobody else now: a file that is replaced is stale for who reads it elsewhere
    return True
