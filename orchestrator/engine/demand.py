"""How many workers of which shape a study wants now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.failure import memory_needed
from orchestrator.evidence.state import State
from orchestrator.study.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.places.profile import Limits
    from orchestrator.study.searches.opening import Opening
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWorker:
    """A worker that is queued or active."""

    job: str
    shape: Shape
    busy: int
    """How many trials it is at; one that waits in the queue is at none."""

    @property
    def free(self) -> int:
        """How many more trials it takes."""
        if self.shape.lockstep > 1:  # it takes none until all that it trains together have ended
            return 0 if self.busy else self.shape.lockstep
        return max(0, self.shape.slots - self.busy)


def busy_jobs(seen: Seen) -> Counter[str]:
    """Return the jobs that are at trials, and at how many."""
    at_work = [seen.evidence[trial] for trial, state in seen.states.items() if state is State.RUNNING]
    newest = [evidence.attempts[-1] for evidence in at_work if evidence.attempts]
    return Counter(attempt.claim.job for attempt in newest if attempt.claim)


def shape_of(study: Study, seen: Seen, trial: Trial) -> Shape:
    """Return what a worker must have for a trial: its shape, with more memory after a lack of it."""
    shape, evidence = study.stage(trial.stage).shape_of(trial), seen.evidence[trial.id]
    memory = memory_needed(evidence) if evidence.attempts else None
    return shape if memory is None else shape.model_copy(update={"memory": memory})


def wanted(study: Study, seen: Seen) -> dict[Shape, int]:
    """Return for each shape how many trials could start now, those that searches would ask for included."""
    held = held_back(seen)
    ready = {
        trial.id: trial
        for trial in reversed(seen.plan.trials)
        if seen.states[trial.id].claimable and (trial.stage, trial.id) not in held
    }
    begun = [trial for trial in ready.values() if seen.evidence[trial.id].attempts]
    fresh = Counter((trial.stage, trial.shape) for trial in ready.values())
    fresh.subtract((trial.stage, trial.shape) for trial in begun)
    counts = Counter(shape_of(study, seen, trial) for trial in begun)
    for stage in study.stages:
        for (name, shape), count in fresh.items():
            if name == stage.name and count:
                counts[shape or stage.shape] += count
    for opening in seen.plan.openings:
        if slots := open_trials(seen, opening):
            counts[study.stage(opening.stage).shape_of(opening.point)] += slots
    return counts


def held_back(seen: Seen) -> frozenset[tuple[str, str]]:
    """Return stage and id of the trials that wait until another one of their search has ended.

    A search whose answers are drawn ahead has more trials than `parallel` lets be at work at once.
    """
    return frozenset(
        (opening.stage, trial.id)
        for opening in seen.plan.openings
        if opening.search.learns and opening.search.rounds is None
        for trial in _beyond_parallel(seen, opening)
    )


def _beyond_parallel(seen: Seen, opening: Opening) -> list[Trial]:
    """Return the trials of a search that none may begin now; those that were begun go on first."""
    waiting = [trial for trial in opening.trials if seen.states[trial.id].claimable]
    if not waiting:
        return []
    at_work = sum(seen.states[trial.id] is State.RUNNING for trial in opening.trials)
    waiting.sort(key=lambda trial: not seen.evidence[trial.id].attempts)
    return waiting[max(0, opening.at_once - at_work) :]


def open_trials(seen: Seen, opening: Opening) -> int:
    """Return how many more trials a search may be asked for now."""
    return open_answers(seen, opening) * opening.per_answer


def open_answers(seen: Seen, opening: Opening, *, ahead: int = 0) -> int:
    """Return how many answers a search may be asked for now, so many of them before they are wanted.

    Each of them is a trial for each seed.
    """
    if any(seen.states[need] is not State.DONE for need in opening.needed.ids):
        return 0
    if opening.search.rounds is not None:
        return _left_of_round(seen, opening, opening.search.rounds)
    unfinished = sum(not seen.states[trial.id].ended for trial in opening.trials)
    shown = any(seen.evidence[trial.id].result for trial in opening.trials)
    most = max(opening.search.parallel, opening.ahead) if shown else opening.search.parallel
    room = max(most, opening.at_once) - unfinished
    return max(0, min(room // opening.per_answer + ahead, opening.remaining))


def _left_of_round(seen: Seen, opening: Opening, size: int) -> int:
    """Return how many answers the round lacks, once all trials of those before it have ended, else none.

    A round that the number of trials has cut short is gone on with where that number was raised.
    """
    given = len(opening.answers)
    begun = given % size
    trials = (trial for answer in opening.answers[: given - begun] for trial in answer.trials)
    if not all(seen.states[trial.id].ended for trial in trials):
        return 0
    return min(size - begun, opening.remaining)


def orders(wishes: Mapping[Shape, int], live: Sequence[LiveWorker], limits: Limits) -> dict[Shape, int]:
    """Return the workers to start: what is wished, less what is free already, within the limits."""
    alive, result = list(live), {}
    free = [(worker.shape, worker.free) for worker in live]
    for shape, wish in wishes.items():
        free, left = _filled(free, shape, wish)
        count = min(-(-left // shape.at_once), _room(shape, alive, limits))
        if count > 0:
            result[shape] = count
            alive += [LiveWorker(job="", shape=shape, busy=0)] * count
    return result


_Free = list[tuple[Shape, int]]
"""The shape of each worker, and how many more trials it takes."""


def _filled(free: _Free, shape: Shape, wish: int) -> tuple[_Free, int]:
    """Return what is free once workers have taken trials of a shape, and how many of these are left."""
    rest, left = [], wish
    for room, slots in free:
        taken = min(left, slots) if shape.fits(room) else 0
        rest.append((room, slots - taken))
        left -= taken
    return rest, left


def _room(shape: Shape, alive: Sequence[LiveWorker], limits: Limits) -> int:
    rooms = [limits.workers - len(alive)]
    if shape.workers is not None:
        rooms.append(shape.workers - sum(worker.shape == shape for worker in alive))
    if limits.cpus is not None:
        free = limits.cpus - sum(worker.shape.cpus for worker in alive)
        rooms.append(free // shape.cpus if alive else max(1, free // shape.cpus))
    if limits.gpus is not None and shape.gpus:
        free = limits.gpus - sum(worker.shape.gpus for worker in alive)
        rooms.append(free // shape.gpus)
    return max(0, min(rooms))
