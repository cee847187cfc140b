"""A Slurm cluster as a place for workers."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from orchestrator.messages.errors import SchedulerError
from orchestrator.places.profile import Limits
from orchestrator.places.slurm.command import AnswerError, ask
from orchestrator.places.slurm.queue import Queued, ask_queue, queue_since
from orchestrator.places.slurm.sbatch import call_sbatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestrator.places.job_log import Entry
    from orchestrator.places.profile import Profile

_RECENT_S = 5.0
"""An answer of the queue that is older is not taken for what it says now; always less than a lease."""


class SlurmCluster:
    """A Slurm cluster as a place for workers."""

    def __init__(self, profile: Profile, since: float | None = None) -> None:
        """Look at the queue as it was at `since` (time.monotonic) or later; at most 5 s ago by default."""
        self.name = profile.name
        self._profile = profile
        self._since = since if since is not None else time.monotonic() - min(_RECENT_S, profile.lease / 4)

    def limits(self) -> Limits:
        """Return how many workers may be queued or active at once."""
        return Limits(workers=self._profile.max_workers)

    def queue(self) -> list[Queued] | None:
        """Return all jobs of this user that are queued or active; None when Slurm does not answer."""
        return queue_since(self._since, self._profile.patience)

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""
        queue = self.queue()
        return None if queue is None else any(f"slurm:{queued.job}" == job for queued in queue)

    def is_waiting(self, job: str) -> bool:
        """Say whether a job is sure to be in the queue still, and not to have begun."""
        return any(f"slurm:{queued.job}" == job and queued.state == "PD" for queued in self.queue() or ())

    def find(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the jobs of a submission by the token in their names; None when nobody can tell."""
        queue = ask_queue(self._profile.patience)
        if queue is None or entry.intent is None:
            return None
        numbers = {
            int(queued.job.partition("_")[0]) for queued in queue if queued.name == entry.intent.token
        }  # two of them when a job that was given up arrived after all: the first counts
        return jobs_of(str(min(numbers)), entry.intent.count) if numbers else ()

    def strays(self, entries: Sequence[Entry]) -> list[str]:
        """Return jobs in the queue that bear the token of a submission which does not name them, for good."""
        tokens = {entry.intent.token for entry in entries if entry.intent and not entry.open}
        named = {job for entry in entries for job in entry.jobs}
        return [
            f"slurm:{queued.job}"
            for queued in self.queue() or ()
            if queued.name in tokens and f"slurm:{queued.job}" not in named
        ]

    def start(self, entry: Entry, code: Path) -> tuple[str, ...]:
        """Submit a submission's jobs and return their ids.

        Raises QueueFullError, SilentError, or SchedulerError when sbatch refuses.
        """
        assert entry.intent is not None
        for program in ("sbatch", "srun"):
            if shutil.which(program) is None:
                raise SchedulerError(
                    f"there is no `{program}` here, so nothing can be queued on {self.name}",
                    hint="submit on a login node of the cluster, or leave --cluster out to train here",
                )
        return jobs_of(call_sbatch(entry.folder, self._profile, entry.intent, code), entry.intent.count)

    def cancel(self, jobs: Iterable[str], *, waiting: bool = False) -> None:
        """Cancel jobs, or only those of them that wait; those already gone are passed over.

        Raises SchedulerError when scancel fails.
        """
        ids = [job.removeprefix("slurm:") for job in jobs]
        if not ids:
            return
        command = ["scancel", *(["--state=PENDING"] if waiting else []), *ids]
        try:
            ask(command, self._profile.patience)
        except AnswerError as error:
            if "Invalid job id" not in str(error):
                raise SchedulerError(f"scancel failed: {error}") from error


def jobs_of(number: str, count: int) -> tuple[str, ...]:
    """Return the names of the jobs that sbatch made under one number: an array when there are several."""
    return (f"slurm:{number}",) if count == 1 else tuple(f"slurm:{number}_{index}" for index in range(count))


def array_of(job: str, count: int) -> tuple[str, ...]:
    """Return the names of all jobs that sbatch made together with this one."""
    return jobs_of(job.removeprefix("slurm:").partition("_")[0], count)


def this_job() -> str | None:
    """Return the Slurm job that this program is part of."""
    if array := os.environ.get("SLURM_ARRAY_JOB_ID"):
        return f"slurm:{array}_{os.environ['SLURM_ARRAY_TASK_ID']}"
    job = os.environ.get("SLURM_JOB_ID")
    return f"slurm:{job}" if job else None
