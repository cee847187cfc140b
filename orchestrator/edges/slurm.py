"""Workers as Slurm jobs, through submitit."""

from __future__ import annotations

import os
import runpy
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.core.demand import Limits
from orchestrator.edges.queue import Queued, ask_queue
from orchestrator.errors import SchedulerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from orchestrator.core.shape import Shape
    from orchestrator.core.submission import Profile
    from orchestrator.edges.job_log import Entry, Intent


class SlurmCluster:
    """A Slurm cluster as a place for workers."""

    def __init__(self, profile: Profile) -> None:
        self.name = profile.name
        self._profile = profile
        self._queue: list[Queued] | None = None
        self._asked = False

    def limits(self) -> Limits:
        """Return how many workers may be queued or active at once."""
        return Limits(workers=self._profile.max_workers)

    def queue(self) -> list[Queued] | None:
        """Return the queue, asked at most once by this object; None when Slurm does not answer."""
        if not self._asked:
            self._queue, self._asked = ask_queue(), True
        return self._queue

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""
        queue = self.queue()
        return None if queue is None else any(f"slurm:{queued.job}" == job for queued in queue)

    def find(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the jobs in the queue that carry the submission's token; None when nobody can tell."""
        queue = ask_queue()
        if queue is None or entry.intent is None:
            return None
        return tuple(f"slurm:{queued.job}" for queued in queue if queued.name == entry.intent.token)

    def start(self, entry: Entry, code: Path) -> tuple[str, ...]:
        """Submit a submission's jobs and return their ids.

        Raises SchedulerError when sbatch refuses.
        """
        import submitit  # costs half a second, and only submitting needs it

        assert entry.intent is not None
        if shutil.which("sbatch") is None:
            raise SchedulerError(
                f"there is no `sbatch` here, so nothing can be queued on {self.name}",
                hint="submit on a login node of the cluster, or leave --cluster out to train on this machine",
            )
        try:
            with _clean_environment():
                executor = submitit.SlurmExecutor(folder=entry.folder / "slurm", max_num_timeout=0)
                executor.update_parameters(**job_parameters(self._profile, entry.intent, code))
                names = ["wake"] if entry.intent.kind == "sentinel" else map(str, range(entry.intent.count))
                jobs = executor.map_array(start_worker, [str(entry.folder)] * entry.intent.count, list(names))
        except (
            submitit.core.utils.FailedJobError,
            subprocess.SubprocessError,
            OSError,
            RuntimeError,
        ) as error:
            raise SchedulerError(f"sbatch refused the job {entry.intent.token}: {error}") from error
        return tuple(f"slurm:{job.job_id}" for job in jobs)

    def cancel(self, jobs: Iterable[str]) -> None:
        """Cancel jobs; those already gone are passed over."""
        ids = [job.removeprefix("slurm:") for job in jobs]
        if not ids:
            return
        done = subprocess.run(["scancel", *ids], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0 and "Invalid job id" not in done.stderr:
            raise SchedulerError(f"scancel failed: {done.stderr.strip()}")


def start_worker(entry: str, name: str) -> None:
    """Become the worker program inside a job: submitit's pickle holds this name and two words, no state."""
    sys.argv = ["orchestrator.worker", entry, name]
    runpy.run_module("orchestrator.worker", run_name="__main__")


def job_parameters(profile: Profile, intent: Intent, code: Path) -> dict[str, Any]:
    """Return what submitit's Slurm executor is told about a submission."""
    shape, token = intent.shape, intent.token
    options: dict[str, Any] = {"chdir": str(code), "no-requeue": True, **profile.sbatch}
    if profile.account:
        options["account"] = profile.account
    if shape.gpus:
        options["gres"] = f"{profile.gres}:{shape.gpus}"
    if intent.after:
        options["dependency"] = "afterany:" + ":".join(sorted({_array(job) for job in intent.after}))
    parameters = {
        "job_name": token,
        "comment": token,
        "time": max(1, -(-shape.time // 60)),
        "cpus_per_task": shape.cpus,
        "mem": f"{shape.memory}MB",
        "signal_delay_s": lead(profile, shape),
        "array_parallelism": intent.count,
        "stderr_to_stdout": True,
        "setup": [
            *profile.setup,
            f"export PYTHONPATH={shlex.quote(str(code))}${{PYTHONPATH:+:$PYTHONPATH}}",
            f"export OMP_NUM_THREADS={shape.cpus} SRUN_CPUS_PER_TASK={shape.cpus}",
        ],
        "additional_parameters": options,
    }
    if profile.partition:
        parameters["partition"] = profile.partition
    return parameters


def lead(profile: Profile, shape: Shape) -> int:
    """Return how many seconds before its end a worker is told to stop: never more than a quarter of it."""
    return max(1, min(profile.signal_lead, shape.time // 4))


def this_job() -> str | None:
    """Return the Slurm job that this program is part of."""
    if array := os.environ.get("SLURM_ARRAY_JOB_ID"):
        return f"slurm:{array}_{os.environ['SLURM_ARRAY_TASK_ID']}"
    job = os.environ.get("SLURM_JOB_ID")
    return f"slurm:{job}" if job else None


def _array(job: str) -> str:
    return job.removeprefix("slurm:").partition("_")[0]


@contextmanager
def _clean_environment() -> Iterator[None]:
    """Hide what the user's shell or a surrounding job would add to a new job."""
    kept = dict(os.environ)
    for name in kept:
        if name.startswith(("SBATCH_", "SRUN_")) or (name.startswith("SLURM_") and name != "SLURM_CONF"):
            del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(kept)
