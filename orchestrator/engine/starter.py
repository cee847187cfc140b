"""Starts what a study wants, once per look: workers within the limits, and a sentinel that outlives them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING

from orchestrator.engine.broken_gpus import advice, hopeless, per_node
from orchestrator.engine.demand import busy_jobs, orders
from orchestrator.engine.launcher import ELSEWHERE, Launcher
from orchestrator.evidence.failure import failed_nodes
from orchestrator.evidence.failure_class import GPU_FAILURE
from orchestrator.evidence.state import State
from orchestrator.messages.errors import QueueFullError, StalledError
from orchestrator.study.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from orchestrator.engine.demand import LiveWorker
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.evidence import Claim
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.job_log import Launch

_SENTINEL_S = 7200
"""So long a sentinel may go on when the scheduler does not answer or has no room."""
_AVOIDED_S = 3600
"""So long no worker is started on a node that failed."""
_DEAD, _IDLE = 3, 10
"""So many launches in a row end the patience whose workers died, or left, before they took a trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What was seen, and what was started because of it."""

    submission: Submission
    """The one that it was decided on."""
    seen: Seen
    started: tuple[str, ...] = ()
    live: int = 0
    """Workers queued or active after this."""
    waiting: int = 0
    """Workers for which the queue has no room; they are started when others have ended."""
    hindrance: str = ""
    """Why not everything was done that should have been."""
    elsewhere: bool = False
    """Whether another program is submitting the study at this moment."""
    watched: bool = False
    """Whether the study goes on by itself whatever becomes of its workers, or is over."""


def _claims(seen: Seen) -> list[Claim]:
    return [attempt.claim for one in seen.evidence.values() for attempt in one.attempts if attempt.claim]


class Starter:
    """Made before the study is looked at: it reads what was launched so far, then the queue, then decides."""

    def __init__(
        self, runs: RunFolder, submission: Submission, halted: Callable[[], bool] = lambda: False
    ) -> None:
        """Start nothing any more once `halted` says yes."""
        self._submission = submission
        self._launcher = Launcher(runs, submission, halted)

    def start(self, seen: Seen, wishes: Mapping[Shape, int]) -> Advanced:
        """Start the workers that are wished for, as far as none of them is live already.

        Raises SchedulerError when the scheduler refuses, StalledError when workers end before they take a
        trial, StoppedError when the study was stopped meanwhile.
        """
        launcher = self._launcher
        gpu_failures = [one for launch, _ in launcher.of("workers") for one in launch.gpu_failures()]
        since = time.time() - _AVOIDED_S
        launcher.avoid = failed_nodes(seen.evidence.values(), since, gpu_failures)
        if hindrance := launcher.recover():
            return Advanced(
                submission=self._submission,
                seen=seen,
                hindrance=hindrance,
                elsewhere=hindrance == ELSEWHERE,
            )
        live, limits = launcher.live(busy_jobs(seen)), launcher.place.limits()
        without = hopeless(wishes, limits, self._mine(), self._of_use(live, seen))
        wishes = {shape: wish for shape, wish in wishes.items() if shape not in without}
        if without and not wishes and State.RUNNING not in seen.states.values():
            raise StalledError("\n".join(without.values()), hint=advice(self._submission))
        if wishes:
            self._check_not_stalled(live, seen, without)
        advanced = Advanced(submission=self._submission, seen=seen, hindrance="; ".join(without.values()))
        try:
            advanced = self._start_workers(advanced, orders(wishes, live, limits))
        finally:
            advanced = self._watch_over(advanced)  # also what was queued before another was refused
        started = launcher.started()
        return replace(advanced, started=started, live=len(live) + len(started))

    def _mine(self) -> list[Launch]:
        """Return the launches of workers since the study was submitted."""
        workers = self._launcher.of("workers")
        return [launch for launch, intent in workers if intent.time >= self._submission.time]

    def _of_use(self, live: Sequence[LiveWorker], seen: Seen) -> set[str]:
        """Return the jobs that live or have taken a trial."""
        return {worker.job for worker in live} | {claim.job for claim in _claims(seen)}

    def _check_not_stalled(
        self, live: Sequence[LiveWorker], seen: Seen, without: Collection[Shape] = ()
    ) -> None:
        """Raise StalledError when workers end again and again before they or others take a trial.

        Workers that cannot use their GPUs count; those of shapes that are known to be `without` do not.
        """
        of_use = self._of_use(live, seen)
        mine = [launch for launch in self._mine() if launch.intent and launch.intent.shape not in without]
        in_vain = list(takewhile(lambda launch: of_use.isdisjoint(launch.jobs), reversed(mine)))
        dead = list(takewhile(lambda launch: not launch.ended() or launch.gpu_failures(), in_vain))
        for row, most in ((dead, _DEAD), (in_vain, _IDLE)):
            began = row[most - 1].intent if len(row) >= most else None
            if began is not None and not any(claim.time >= began.time for claim in _claims(seen)):
                raise self._stalled(row[:most])

    def _stalled(self, row: Sequence[Launch]) -> StalledError:
        """Return the error that says why workers came to nothing, as far as they said so."""
        text = f"the last {len(row)} submissions ended before any worker took a trial; no more are started"
        logs = f"read the logs in {row[0].folder}, mend their cause (often `setup` in the profile), "
        if broken := [failure for launch in row for failure in launch.gpu_failures()]:
            text += "".join(f"\n- {GPU_FAILURE} {line}" for line in per_node(broken))
            return StalledError(text, hint=f"{logs}or: {advice(self._submission)}")
        return StalledError(text, hint=f"{logs}then `submit` again")

    def _start_workers(self, advanced: Advanced, wishes: Mapping[Shape, int]) -> Advanced:
        """Start workers in arrays that the site takes.

        Stops when somebody else is submitting too, and when the queue is full: some are `waiting` then.
        """
        rest = sum(wishes.values())
        if rest and (full := self._launcher.still_full("workers")):
            return replace(advanced, waiting=rest, hindrance=full)
        largest = self._submission.profile.max_array_size - 1
        for shape, wish in wishes.items():
            left = wish
            while left:
                advanced, count = self._start_most(advanced, shape, min(left, largest), rest)
                if not count:
                    return advanced
                left, rest = left - count, rest - count
        return advanced

    def _start_most(self, advanced: Advanced, shape: Shape, count: int, waiting: int) -> tuple[Advanced, int]:
        """Start as many workers as the queue has room for, and return how many."""
        while count:
            try:
                launch = self._launcher.launch("workers", shape, count, waiting=waiting)
            except QueueFullError as full:
                advanced, count = replace(advanced, hindrance=str(full)), count // 2
                continue
            if launch is None:
                return replace(advanced, elsewhere=True, hindrance=ELSEWHERE), 0
            return advanced, len(launch.jobs)
        return replace(advanced, waiting=waiting), 0

    def _watch_over(self, advanced: Advanced) -> Advanced:
        """See that a sentinel job waits for workers to end, to advance the study then.

        One is enough: it looks after all workers, and leaves another one behind for those still live.
        """
        launcher, started = self._launcher, self._launcher.started()
        if not launcher.place.queue_program:
            return replace(advanced, watched=True)
        if started:  # a sentinel that began in the meantime has not seen these
            launcher.place = launcher.place_now()
        if self._has_sentinel():
            return replace(advanced, watched=True)
        after = sorted({worker.job for worker in launcher.live()} | set(started))
        if not after or launcher.still_full("sentinel"):
            return advanced
        for _ in range(2):
            try:
                launch = launcher.launch("sentinel", self._sentinel_shape(), 1, after=after)
            except QueueFullError as full:
                if not self._make_room(after):
                    no_room = f"there is no room for a sentinel job: {full}"
                    return replace(advanced, hindrance=advanced.hindrance or no_room)
                advanced = replace(advanced, waiting=advanced.waiting + 1, hindrance=str(full))
                continue
            if launch is None:
                return replace(advanced, elsewhere=True, hindrance=ELSEWHERE)
            return replace(advanced, watched=bool(launch.jobs))
        return advanced

    def _has_sentinel(self) -> bool:
        """Say whether a sentinel waits; one that has begun may have looked at the study already."""
        place = self._launcher.place
        return any(
            place.is_waiting(job) for launch, _ in self._launcher.of("sentinel") for job in launch.jobs
        )

    def _sentinel_shape(self) -> Shape:
        longest = self._submission.profile.max_time or _SENTINEL_S
        return Shape(cpus=1, memory=500, time=min(_SENTINEL_S, longest))

    def _make_room(self, workers: Sequence[str]) -> bool:
        """Take one of several workers that wait out of the queue: less is lost than without a sentinel."""
        now = self._launcher.place_now()
        waiting = [job for job in workers if now.is_waiting(job)]
        return len(workers) > 1 and bool(waiting) and self._launcher.take_back(waiting[-1])
