"""Which trials a worker claims beside one, to train them all in lockstep."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from orchestrator.engine.ask import ask
from orchestrator.engine.attempt import warm
from orchestrator.engine.claim import Offers
from orchestrator.engine.demand import open_answers, shape_of
from orchestrator.evidence.evidence import INTERRUPTED, LOST
from orchestrator.study.lockstep import likeness

if TYPE_CHECKING:
    from orchestrator.engine.claim import Claimed
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.state import Seen
    from orchestrator.study.trial import Trial


def get_ready(worker: Worker, seen: Seen) -> None:
    """Import the tasks that may be trained in lockstep: one that is claimed soon has its companions at once.

    Else other workers would be started for those, or take them, in the seconds that an import takes.
    """
    if worker.shape.lockstep == 1:
        return
    for stage in worker.submission.study.stages:
        if any(shape.lockstep > 1 and shape.fits(worker.shape) for shape in stage.shapes) and any(
            seen.states[trial.id].claimable for trial in seen.plan.of(stage.name)
        ):
            warm(worker, stage.task)


def with_companions(worker: Worker, observer: Observer, leader: Claimed) -> list[Claimed]:
    """Return a claimed trial with those that were claimed to be trained in lockstep with it."""
    trial, study = leader[0], worker.submission.study
    most = min(worker.shape.lockstep, study.stage(trial.stage).shape_of(trial).lockstep)
    task = warm(worker, trial.task) if most > 1 else None
    if task is None or task.lockstep is None:
        return [leader]
    seen = _asked_for_more(worker, observer, trial, most)
    if not _may_join(seen, trial):
        return [leader]
    differ, shape = task.lockstep.differ, shape_of(study, seen, trial)
    alike = likeness(trial, differ)

    def wanted(other: Trial) -> bool:
        fits = other.task == trial.task and _may_join(seen, other) and shape_of(study, seen, other) == shape
        return fits and likeness(other, differ) == alike

    beside = Offers(worker, observer, seen).claim_beside(leader, wanted)
    return [leader, *itertools.islice(beside, most - 1)]


def _may_join(seen: Seen, trial: Trial) -> bool:
    """Say whether a trial may be trained with others: one that has failed could take them down again."""
    attempts = seen.evidence[trial.id].recent
    return all(attempt.alive or attempt.kind in (INTERRUPTED, LOST) for attempt in attempts)


def _asked_for_more(worker: Worker, observer: Observer, trial: Trial, most: int) -> Seen:
    """Return what is seen once the trial's search was asked for as many as may be trained together."""
    seen = observer.look()
    for _ in range(most - 1):
        found = [one for one in seen.plan.openings if any(other.id == trial.id for other in one.trials)]
        waiting = [one for one in found if open_answers(seen, one) > 0]
        if not waiting or worker.stopping:
            break
        ask(worker, waiting[0], seen, open_answers(seen, waiting[0]))
        seen = observer.look()
    return seen
