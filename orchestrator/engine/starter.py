"""Starts the workers that a study wants: each of them once, whatever crashes, hangs or happens at once."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.demand import Live
from orchestrator.messages.errors import QueueFullError, SchedulerError, SilentError, StalledError
from orchestrator.places import local
from orchestrator.places.job_log import Entry, Intent, JobLog, Submitted
from orchestrator.places.local import LocalCluster
from orchestrator.places.place import place, place_of
from orchestrator.places.slurm.cluster import SlurmCluster
from orchestrator.study.shape import Shape

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orchestrator.engine.demand import Order
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission

Kind = Literal["workers", "sentinel"]

_SENTINEL_S = 7200
"""So long a sentinel may go on when the scheduler does not answer or has no room."""
_INTENT_S = 120
"""So long a starter elsewhere may give no sign of life before somebody else looks after its intent."""
_PAUSES_S = (1, 3, 9)
"""Between two calls of sbatch for one intent, when the scheduler does not answer."""
_FULL_S = 60
"""After so long a full queue is tried again, even if no job of this user has left it."""
_RECENT_S = 5
_STILLBORN = 3
"""So many submissions in a row whose workers never began end the patience."""


class Starter:
    """Starts workers, each submission decided on everything that was submitted before it."""

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        self.submission = submission
        self.log = JobLog(runs.study(submission.study.name))
        self.entries = self.log.entries()
        self.cluster = place(
            submission.profile
        )  # the queue is asked after the entries were read: no job is overlooked
        self.started: list[str] = []
        """Workers that were queued."""
        self.waiting = 0
        """Workers for which there was no room in the queue."""
        self.hindrance = ""
        """Why not everything was done that should have been."""
        self.elsewhere = False
        """Whether another program is submitting the study at this moment."""
        self.avoid: tuple[str, ...] = ()
        """Nodes not to start workers on, as long as there are others."""
        self._code = runs.study(submission.study.name) / "code" / submission.code

    def recover(self) -> bool:
        """Settle submissions whose starter died half-way; False while nobody can tell what there is."""
        still_open = [entry for entry in self.entries if entry.open]
        if not all(map(_is_orphan, still_open)):
            return self._give_way()
        for entry in still_open:
            jobs = place_of(entry, self.submission.profile).find(entry) if entry.intent else ()
            if jobs is None:
                return self._give_up()
            entry.settle(Submitted(jobs=jobs))
        self.entries = [self.log.entry(entry.number) for entry in self.entries]
        return self._knows_the_queue()

    def _knows_the_queue(self) -> bool:
        """Say whether the queue can be told; take jobs out of it that came too late."""
        if not isinstance(self.cluster, SlurmCluster) or not self.entries:
            return True
        if self.cluster.queue() is None:
            return self._give_up()
        self._withdraw(self.cluster.strays(self.entries))
        return True

    def _give_way(self) -> bool:
        self.elsewhere, self.hindrance = True, "another program is submitting this study at this moment"
        return False

    def _give_up(self) -> bool:
        self.hindrance = "the scheduler does not answer (`squeue`), so nothing was started"
        return False

    def _withdraw(self, jobs: Collection[str]) -> None:
        """Take jobs that no submission names out of the queue; where that fails they end by themselves."""
        if jobs and isinstance(self.cluster, SlurmCluster):
            with contextlib.suppress(SchedulerError):
                self.cluster.cancel(sorted(jobs))

    def live(self, busy: set[str]) -> list[Live]:
        """Return the workers that are queued or active; one that may be counts."""
        return [
            Live(job=job, shape=intent.shape, busy=job in busy)
            for entry, intent in self._of("workers")
            for job in sorted(set(entry.jobs) - entry.ended())
            if self._may_live(job)
        ]

    def check_not_stillborn(self, live: Sequence[Live]) -> None:
        """Raise StalledError when workers keep ending before they begin."""
        mine = [entry for entry, intent in self._of("workers") if intent.time >= self.submission.time]
        last, alive = mine[-_STILLBORN:], {worker.job for worker in live}
        if len(last) == _STILLBORN and not any(
            entry.started() or entry.ended() or alive & set(entry.jobs) for entry in last
        ):
            raise StalledError(
                f"the last {_STILLBORN} submissions ended before any worker began; no more are started",
                hint=f"read the logs in {last[-1].folder}, mend their cause (often `setup` in the profile), "
                "then `submit` again",
            )

    def submit(self, wishes: Sequence[Order]) -> None:
        """Start workers in arrays that the site takes.

        Stops when somebody else is submitting too, and when the queue is full: `waiting` are left then.
        """
        rest = sum(order.count for order in wishes)
        if rest and (full := self._still_full("workers")):
            self.waiting, self.hindrance = rest, full
            return
        largest = self.submission.profile.max_array_size - 1
        for order in wishes:
            left = order.count
            while left:
                jobs = self._submit_most(order.shape, min(left, largest), rest)
                if not jobs:
                    self.waiting = 0 if jobs is None else rest
                    return
                self.started += jobs
                left, rest = left - len(jobs), rest - len(jobs)

    def _submit_most(self, shape: Shape, count: int, waiting: int) -> tuple[str, ...] | None:
        """Start as many workers as the queue has room for; None when somebody else is submitting too."""
        while count:
            try:
                return self._submit("workers", shape, count, waiting=waiting)
            except QueueFullError as full:
                self.hindrance = str(full)
                count //= 2
        return ()

    def watch_over(self) -> bool:
        """See that a sentinel job waits for workers to end, to advance the study then; say whether one does.

        One is enough: it looks after all workers, and leaves another one behind for those still live.
        """
        if not isinstance(self.cluster, SlurmCluster):
            return True
        if self.started:  # a sentinel that began in the meantime has not seen these
            self.cluster = SlurmCluster(self.submission.profile, time.monotonic())
        if self._has_sentinel(self.cluster):
            return True
        after = sorted({worker.job for worker in self.live(set())} | set(self.started))
        if not after or self._still_full("sentinel"):
            return False
        shape = Shape(
            cpus=1, memory=500, time=min(_SENTINEL_S, self.submission.profile.max_time or _SENTINEL_S)
        )
        for _ in range(2):
            try:
                return bool(self._submit("sentinel", shape, 1, after=after))
            except QueueFullError as full:
                if not self._make_room(self.cluster, after):
                    self.hindrance = self.hindrance or f"there is no room for a sentinel job: {full}"
                    break
                self.hindrance = str(full)
        return False

    def _has_sentinel(self, cluster: SlurmCluster) -> bool:
        """Say whether a sentinel waits; one that has begun may have looked at the study already."""
        return any(cluster.is_waiting(job) for entry, _ in self._of("sentinel") for job in entry.jobs)

    def _make_room(self, cluster: SlurmCluster, workers: Sequence[str]) -> bool:
        """Take one of several workers that wait out of the queue: less is lost than without a sentinel."""
        fresh = SlurmCluster(self.submission.profile, time.monotonic())
        waiting = [job for job in workers if fresh.is_waiting(job)]
        if len(workers) < 2 or not waiting:
            return False
        cluster.cancel(waiting[-1:], waiting=True)
        if SlurmCluster(self.submission.profile, time.monotonic()).is_alive(waiting[-1]) is not False:
            return False
        for entry, _ in self._of("workers"):
            if waiting[-1] in entry.jobs:
                entry.mark("ended", entry.jobs.index(waiting[-1]), waiting[-1])
        self.started = [job for job in self.started if job != waiting[-1]]
        self.waiting += 1
        return True

    def _submit(
        self, kind: Kind, shape: Shape, count: int, *, after: Sequence[str] = (), waiting: int = 0
    ) -> tuple[str, ...] | None:
        """Write the intent, start the jobs, write down their names; None when somebody else was faster.

        Raises QueueFullError when there is no room for so many, SchedulerError when nothing can be started.
        """
        number = self.entries[-1].number + 1 if self.entries else 1
        entry = self.log.begin(number, self._intent(number, kind, shape, count, after))
        if entry is None:
            self._give_way()
            return None
        began = time.monotonic()
        try:
            jobs = self._start(entry)
        except QueueFullError as full:
            queued = self._count_queue(began)
            self.entries.append(entry.settle(Submitted(full=str(full), waiting=waiting, queued=queued)))
            raise
        except SchedulerError as refused:
            self.entries.append(self.log.entry(number))
            if not entry.intent or not entry.intent.avoid or isinstance(refused, SilentError):
                raise
            self.avoid = ()  # there may be no other nodes
            return self._submit(kind, shape, count, after=after, waiting=waiting)
        entry = entry.settle(Submitted(jobs=jobs))
        self.entries.append(entry)
        self._withdraw(set(jobs) - set(entry.jobs))  # a job that had been given up has begun and was faster
        return entry.jobs or None

    def _start(self, entry: Entry) -> tuple[str, ...]:
        """Start the jobs of an intent; before another try the scheduler is asked whether it has them."""
        for pause_s in (*_PAUSES_S, None):
            try:
                return self.cluster.start(entry, self._code)
            except QueueFullError:
                raise
            except SchedulerError as error:
                found = self.cluster.find(entry)  # sbatch may have queued the job and then failed to say so
                if found:
                    return found
                if pause_s is None or not isinstance(error, SilentError):
                    if found is not None:
                        entry.settle(Submitted())
                    raise
                time.sleep(pause_s)
                entry.touch()
        raise AssertionError("the last try returns or raises")

    def _still_full(self, kind: Kind) -> str:
        """Return what the scheduler said when there was no room, if trying again so soon would be in vain."""
        tried = [entry for entry in self.entries if entry.intent and entry.intent.kind == kind]
        if not tried or not (last := tried[-1].submitted) or not last.full or tried[-1].age > _FULL_S:
            return ""
        return last.full if self._count_queue(time.monotonic() - _RECENT_S) >= last.queued else ""

    def _count_queue(self, since: float) -> int:
        """Return how many jobs the user had in the queue at `since` (time.monotonic) or later."""
        return len(SlurmCluster(self.submission.profile, since).queue() or ())

    def _intent(self, number: int, kind: Kind, shape: Shape, count: int, after: Sequence[str]) -> Intent:
        return Intent(
            token=self.log.token(self.submission.study.name, number),
            cluster=self.cluster.name,
            kind=kind,
            shape=shape,
            count=count,
            after=tuple(after),
            avoid=self.avoid if kind == "workers" else (),
            code=self.submission.code,
            starter=local.job_name(os.getpid()),
            time=time.time(),
        )

    def _of(self, kind: Kind) -> list[tuple[Entry, Intent]]:
        return [
            (entry, entry.intent)
            for entry in self.entries
            if entry.jobs and entry.intent and entry.intent.kind == kind
        ]

    def _may_live(self, job: str) -> bool:
        """Say whether a worker may be queued or active where the study's workers are started now."""
        if job.startswith("local:") != isinstance(self.cluster, LocalCluster):
            return False
        return self.cluster.is_alive(job) is not False


def _is_orphan(entry: Entry) -> bool:
    alive = local.is_alive(entry.intent.starter) if entry.intent else None
    return entry.age > _INTENT_S if alive is None else not alive
