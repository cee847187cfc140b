"""Claim a trial: the first that is ready and fits, or one that a search is asked for."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from orchestrator.engine.demand import open_slots, shape_of
from orchestrator.engine.edges.suggest import FAILED, Told, suggest
from orchestrator.engine.observe import Observer
from orchestrator.evidence.evidence import Claim
from orchestrator.places.profile import more_memory
from orchestrator.study.plan import Asked

if TYPE_CHECKING:
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.state import Seen
    from orchestrator.study.plan import Opening
    from orchestrator.study.shape import Shape
    from orchestrator.study.trial import Trial


_RACES = 20
"""So often another worker may be faster before this one gives up for now."""


def claim(worker: Worker, seen: Seen, tried: set[str]) -> tuple[Trial, int] | None:
    """Take the first trial that is ready and fits; those it tries are added to `tried`."""
    for trial in seen.plan.trials:
        if trial.id in tried:
            continue
        shape = shape_of(worker.submission.study, seen, trial)
        if seen.states[trial.id].claimable and shape.fits(worker.shape):
            attempts = seen.evidence[trial.id].attempts
            number = attempts[-1].number + 1 if attempts else 1
            tried.add(trial.id)
            if _take(worker, trial, number, shape):
                return trial, number
    return None


def claim_asked(worker: Worker, seen: Seen) -> tuple[Trial, int] | None:
    """Ask a search for one more trial and take it; when somebody else asks at the same moment, try again."""
    study = worker.submission.study
    for _ in range(_RACES):
        fitting = [one for one in seen.plan.openings if study.stage(one.stage).shape.fits(worker.shape)]
        opening = next((one for one in fitting if open_slots(seen, one) > 0), None)
        if opening is None:
            return None
        _ask(worker, opening, seen)
        seen = Observer(worker.runs, worker.submission).look()
        if claimed := claim(worker, seen, set()):
            return claimed
    return None


def _ask(worker: Worker, opening: Opening, seen: Seen) -> None:
    """Write the search's next answer, unless somebody else has just done so."""
    search = worker.submission.study.stage(opening.stage).search
    assert search is not None
    told: list[Told] = []
    for trial in opening.trials:
        result = seen.evidence[trial.id].result
        if result is not None:
            told.append((trial.params, result.metrics.get(search.objective.metric, FAILED)))
        else:
            told.append((trial.params, FAILED if seen.states[trial.id].ended else None))
    number = opening.answers + 1
    params = suggest(search, opening.point.seed, told, number)
    after = tuple(trial.id for trial in opening.trials if seen.evidence[trial.id].result)
    worker.runs.publish_answer(opening.key, Asked(number=number, params=params, after=after))


def _take(worker: Worker, trial: Trial, number: int, shape: Shape) -> bool:
    folder = worker.runs.trial(trial)
    folder.describe(trial)
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
    return folder.claim(number, claim)
