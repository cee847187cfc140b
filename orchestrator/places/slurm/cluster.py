"""A Slurm cluster as a place for workers."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from orchestrator.messages.errors import SchedulerError
from orchestrator.places.place import Ended, NodeStarter, Place
from orchestrator.places.profile import Limits
from orchestrator.places.program import program_name
from orchestrator.places.slurm.accounting import ends_of
from orchestrator.places.slurm.command import AnswerError, ask
from orchestrator.places.slurm.queue import Queued, ask_queue, end_of_job, queue_since
from orchestrator.places.slurm.sbatch import BEGAN, call_sbatch, check_path
from orchestrator.places.wall_limit import End

if TYPE_CHECKING:
    import signal
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from orchestrator.places.job_log import Launch
    from orchestrator.places.profile import Profile

_RECENT_S = 5.0
"""An answer of the queue that is older is not taken for what it says now; always less than a lease."""
_GONE = ("Invalid job id", "already completing or completed")
"""What scancel says of jobs that have ended by themselves."""


class SlurmCluster(Place):
    """A Slurm cluster as a place for workers."""

    kind = "slurm"
    job_pattern = r"[0-9]+(_[0-9]+)?"
    queue_program = "squeue"

    def __init__(self, profile: Profile, since: float | None = None) -> None:
        """Look at the queue as it was at `since` (time.monotonic) or later; at most 5 s ago by default."""
        self.name = profile.name
        self._profile = profile
        self._since = since if since is not None else time.monotonic() - min(_RECENT_S, profile.lease / 4)

    def limits(self) -> Limits:
        """Return how many workers may be queued or active at once."""
        return Limits(workers=self._profile.max_workers)

    def check_folder(self, folder: Path) -> None:
        """Raise UserError when sbatch would not take the folder in a script as it is."""
        check_path(folder)

    def start(self, launch: Launch, code: Path) -> tuple[str, ...]:
        """Submit the jobs of a launch and return their ids.

        Raises QueueFullError, SilentError, or SchedulerError when sbatch refuses.
        """
        assert launch.intent is not None
        for program in ("sbatch", "srun"):
            if shutil.which(program) is None:
                raise SchedulerError(
                    f"there is no `{program}` here, so nothing can be queued on {self.name}",
                    hint="submit on a login node of the cluster, or leave --cluster out to train here",
                )
        number = call_sbatch(launch.folder, self._profile, launch.intent, code)
        return _jobs_of(number, launch.intent.count)

    def find(self, launch: Launch) -> tuple[str, ...] | None:
        """Return the jobs of a launch by the token in their names; None when nobody can tell."""
        queue = ask_queue(self._profile.patience)
        if queue is None or launch.intent is None:
            return None
        numbers = {
            int(queued.job.partition("_")[0]) for queued in queue if queued.name == launch.intent.token
        }  # two of them when a job that was given up arrived after all: the first counts
        return _jobs_of(str(min(numbers)), launch.intent.count) if numbers else ()

    def jobs_of(self, launches: Sequence[Launch]) -> list[str] | None:
        """Return the jobs in the queue that bear the token of one of these launches."""
        tokens, queue = {launch.intent.token for launch in launches if launch.intent}, self._queue()
        return None if queue is None else [_name(queued) for queued in queue if queued.name in tokens]

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""
        if not job.startswith(f"{self.kind}:"):
            return False
        queue = self._queue()
        return None if queue is None else any(_name(queued) == job for queued in queue)

    def is_waiting(self, job: str) -> bool:
        """Say whether a job is sure to be in the queue still, and not to have begun."""
        return any(_name(queued) == job and queued.state == "PD" for queued in self._queue() or ())

    def count(self) -> int:
        """Return how many jobs of this user are in the queue; 0 when Slurm does not answer."""
        return len(self._queue() or ())

    def _queue(self) -> list[Queued] | None:
        return queue_since(self._since, self._profile.patience)

    def cancel(self, jobs: Iterable[str], *, waiting: bool = False) -> None:
        """Cancel jobs, or only those of them that wait; those already gone are passed over.

        Raises SchedulerError when scancel fails.
        """
        self._scancel(*(["--state=PENDING"] if waiting else []), jobs=jobs)

    def stop(self, job: str) -> None:
        """Send SIGUSR2 to the job's steps, as the wall limit does."""
        self._scancel("--signal=USR2", jobs=[job])

    def signal(self, job: str, number: signal.Signals) -> None:
        """Send a signal to the job's steps and its script; it needs a moment to get to its nodes."""
        self._scancel(f"--signal={number.name.removeprefix('SIG')}", "--full", jobs=[job])

    def _scancel(self, *options: str, jobs: Iterable[str]) -> None:
        ids = [_id(job) for job in jobs]
        if not ids:
            return
        try:
            ask(["scancel", *options, *ids], self._profile.patience)
        except AnswerError as error:
            if not any(words in str(error) for words in _GONE):
                raise SchedulerError(f"scancel failed: {error}") from error

    def this_job(self) -> str:
        """Return the job that this program is part of; a program outside of all jobs is known to nobody."""
        if array := os.environ.get("SLURM_ARRAY_JOB_ID"):
            return f"{self.kind}:{array}_{os.environ['SLURM_ARRAY_TASK_ID']}"
        job = os.environ.get("SLURM_JOB_ID")
        return f"{self.kind}:{job}" if job else program_name(os.getpid())

    def this_node(self) -> str:
        """Return the node's name, which need not be that of its host."""
        return os.environ.get("SLURMD_NODENAME", "")

    def started_with(self, job: str, launch: Launch) -> tuple[str, ...] | None:
        """Return the array that a job is part of: it is all that came of a call of sbatch."""
        if not job.startswith(f"{self.kind}:"):
            return None
        return _jobs_of(_id(job).partition("_")[0], launch.intent.count if launch.intent else 1)

    def node_starter(self, nodes: int) -> NodeStarter | None:
        """Return srun as it starts one program on each node, in a step that shares the job's resources."""
        if nodes == 1:
            return None
        counts = (f"--nodes={nodes}", f"--ntasks={nodes}", "--ntasks-per-node=1")
        manner = ("--overlap", "--kill-on-bad-exit=1", "--wait=0", "--export=ALL")
        return NodeStarter(words=("srun", *counts, *manner), variable="SLURM_NODEID")

    def end_of(self, job: str, asked_s: float) -> End:
        """Return when Slurm will end this program's job.

        Until it answers, what the job asked for counts from the moment its script began: never more than it
        gets.
        """
        said = os.environ.get("SLURM_JOB_END_TIME")  # since Slurm 23.02
        end = float(said) if said else end_of_job(_id(job), self._profile.patience)
        if end is not None:
            return End(time=end, known=True)
        return End(time=float(os.environ.get(BEGAN, time.time())) + asked_s, known=False)

    def ends_of(self, jobs: Sequence[str]) -> dict[str, Ended]:
        """Return how jobs ended, of those that the controller or the database remembers."""
        mine = [_id(job) for job in jobs if job.startswith(f"{self.kind}:")]
        return {f"{self.kind}:{job}": ended for job, ended in ends_of(mine).items()}


def _jobs_of(number: str, count: int) -> tuple[str, ...]:
    """Return the names of the jobs that sbatch made under one number: an array when there are several."""
    if count == 1:
        return (f"{SlurmCluster.kind}:{number}",)
    return tuple(f"{SlurmCluster.kind}:{number}_{index}" for index in range(count))


def _name(queued: Queued) -> str:
    return f"{SlurmCluster.kind}:{queued.job}"


def _id(job: str) -> str:
    return job.removeprefix(f"{SlurmCluster.kind}:")
