"""The one function that moves a study forward: observe ▸ recover ▸ extend ▸ submit.

Everybody may call it at any moment, twice at once too: `submit`, `watch`, a worker after each trial, the
sentinel job. Searches are extended by the worker that is free to run the new trial.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.core.demand import Live, orders, wanted
from orchestrator.core.shape import Shape
from orchestrator.core.state import Seen, State
from orchestrator.core.submission import LOCAL
from orchestrator.edges import local
from orchestrator.edges.job_log import Entry, Intent, JobLog
from orchestrator.edges.local import LocalCluster
from orchestrator.edges.slurm import SlurmCluster, this_job
from orchestrator.errors import SchedulerError, StalledError
from orchestrator.losses import explain_losses
from orchestrator.observe import Observer, read_submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.core.demand import Limits, Order
    from orchestrator.core.submission import Submission
    from orchestrator.edges.store import RunFolder

_SENTINEL = Shape(cpus=1, memory=500, time=600)
_INTENT_S = 120
"""So long an intent may be on its way to sbatch before anybody else looks after it."""
_STILLBORN = 3
"""So many submissions in a row whose workers never began end the patience."""


class Cluster(Protocol):
    """A place where workers are started."""

    name: str

    def limits(self) -> Limits:
        """Return what the place allows."""

    def start(self, entry: Entry, code: Path) -> tuple[str, ...]:
        """Start a submission's workers and return their jobs."""

    def find(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the jobs of a submission; None when nobody can tell."""

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What was seen, and what was started because of it."""

    seen: Seen
    started: tuple[str, ...] = ()
    live: int = 0
    """Workers queued or active after this."""


def advance(runs: RunFolder, name: str, *, observer: Observer | None = None) -> Advanced:
    """Look at a study and start the workers it wants.

    Raises SchedulerError when the scheduler refuses, StalledError when workers die before they begin.
    """
    submission = observer.submission if observer else read_submission(runs, name)
    observer = observer or Observer(runs, submission)
    seen = observer.look()
    if explain_losses(runs, seen):
        seen = observer.look()
    wishes = wanted(submission.study, seen)
    if not wishes and (submission.profile.name == LOCAL.name or is_over(seen)):
        return Advanced(seen=seen, live=len(_busy(seen)))
    starter = _Starter(runs, submission)
    if not starter.recover():
        return Advanced(seen=seen)
    live = starter.live(_busy(seen))
    starter.check_not_stillborn(live)
    started = starter.submit(orders(wishes, live, starter.cluster.limits()))
    starter.watch_over(started)
    return Advanced(seen=seen, started=started, live=len(live) + len(started))


def is_over(seen: Seen) -> bool:
    """Say whether nothing is left that could still go on without a command."""
    open_searches = any(
        opening.remaining and all(seen.states[need] is State.DONE for need in opening.needs.values())
        for opening in seen.plan.openings
    )
    return not open_searches and all(state.ended for state in seen.states.values())


def place(submission: Submission) -> Cluster:
    """Return where the study's workers are started."""
    return LocalCluster() if submission.profile.name == LOCAL.name else SlurmCluster(submission.profile)


def _busy(seen: Seen) -> set[str]:
    """Return the jobs that are at a trial."""
    return {
        attempts[-1].claim.job
        for trial, state in seen.states.items()
        if state is State.RUNNING
        and (attempts := seen.evidence[trial].attempts)
        and attempts[-1].claim is not None
    }


class _Starter:
    """Starts workers, each submission decided on everything that was submitted before it."""

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        self.submission = submission
        self.log = JobLog(runs.study(submission.study.name))
        self.entries = self.log.entries()
        self.cluster = place(submission)  # asks the queue after the entries were read: no job is overlooked
        self._code = runs.study(submission.study.name) / "code" / submission.code

    def recover(self) -> bool:
        """Settle submissions whose starter died half-way; False while somebody may still be at one."""
        for entry in self.entries:
            if entry.open:
                jobs = self.cluster.find(entry) if _is_orphan(entry) else None
                if jobs is None:
                    return False
                if jobs:
                    entry.settle(jobs)
                else:
                    entry.abandon()
        self.entries = [self.log.entry(entry.number) for entry in self.entries]
        return True

    def live(self, busy: set[str]) -> list[Live]:
        """Return the workers that are queued or active; one that may be counts."""
        return [
            Live(job=job, shape=intent.shape, busy=job in busy)
            for entry, intent in self._of("workers")
            for job in sorted(set(entry.jobs or ()) - entry.ended())
            if self._may_live(job)
        ]

    def check_not_stillborn(self, live: Sequence[Live]) -> None:
        """Raise StalledError when workers keep ending before they begin."""
        mine = [entry for entry, intent in self._of("workers") if intent.time >= self.submission.time]
        last, alive = mine[-_STILLBORN:], {worker.job for worker in live}
        if len(last) == _STILLBORN and not any(
            entry.started() or alive & set(entry.jobs or ()) for entry in last
        ):
            raise StalledError(
                f"the last {_STILLBORN} submissions ended before any worker began; no more are started",
                hint=f"read the logs in {last[-1].folder}, mend their cause (often `setup` in the profile), "
                "then `submit` again",
            )

    def submit(self, wishes: Sequence[Order]) -> tuple[str, ...]:
        """Start workers in arrays that the site takes; stop when somebody else is submitting too."""
        started: list[str] = []
        largest = self.submission.profile.max_array_size - 1
        for order in wishes:
            for first in range(0, order.count, largest):
                jobs = self._submit("workers", order.shape, min(largest, order.count - first))
                if jobs is None:
                    return tuple(started)
                started += jobs
        return tuple(started)

    def watch_over(self, started: Sequence[str]) -> None:
        """See that for every live worker a sentinel job waits, to advance the study when it is gone."""
        if self.cluster.name == LOCAL.name:
            return
        live = {worker.job for worker in self.live(set())} | set(started)
        watched = {
            job
            for entry, intent in self._of("sentinel")
            if this_job() not in (entry.jobs or ()) and any(map(self._may_live, entry.jobs or ()))
            for job in intent.after
        }
        if unwatched := sorted(live - watched):
            self._submit("sentinel", _SENTINEL, 1, after=unwatched)

    def _submit(
        self, kind: str, shape: Shape, count: int, after: Sequence[str] = ()
    ) -> tuple[str, ...] | None:
        """Write the intent, start the jobs, write down their names; None when somebody else was faster."""
        number = self.entries[-1].number + 1 if self.entries else 1
        entry = self.log.begin(number, self._intent(number, kind, shape, count, after))
        if entry is None:
            return None
        try:
            jobs = self.cluster.start(entry, self._code)
        except SchedulerError:
            found = self.cluster.find(entry)  # sbatch may have queued the job and then failed to say so
            if not found:
                if found is not None:
                    entry.abandon()
                raise
            jobs = found
        entry.settle(jobs)
        self.entries.append(self.log.entry(number))
        return jobs

    def _intent(self, number: int, kind: str, shape: Shape, count: int, after: Sequence[str]) -> Intent:
        return Intent.model_validate(
            {
                "token": self.log.token(self.submission.study.name, number),
                "cluster": self.cluster.name,
                "kind": kind,
                "shape": shape,
                "count": count,
                "after": tuple(after),
                "code": self.submission.code,
                "starter": local.job_name(os.getpid()),
                "time": time.time(),
            }
        )

    def _of(self, kind: str) -> list[tuple[Entry, Intent]]:
        return [
            (entry, entry.intent)
            for entry in self.entries
            if entry.jobs and entry.intent and entry.intent.kind == kind
        ]

    def _may_live(self, job: str) -> bool:
        alive = local.is_alive(job) if job.startswith("local:") else self.cluster.is_alive(job)
        return alive is not False


def _is_orphan(entry: Entry) -> bool:
    alive = local.is_alive(entry.intent.starter) if entry.intent else None
    return entry.age > _INTENT_S if alive is None else not alive
