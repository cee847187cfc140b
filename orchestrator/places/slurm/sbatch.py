"""Job scripts and the call of sbatch, through submitit.

submitit writes the script and calls sbatch. What the script starts is the worker program itself, with the
launch's folder and the worker's number in its command line: nothing is pickled, so a job is whole at the
moment when sbatch has it, whatever becomes of the program that called.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import QueueFullError, SchedulerError, SilentError, UserError
from orchestrator.places.slurm.command import scheduler_environment
from orchestrator.places.slurm.queue import queue_since
from orchestrator.places.slurm.refusal import refusal
from orchestrator.places.wall_limit import least_lead

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.places.job_log import Intent
    from orchestrator.places.profile import Profile
    from orchestrator.study.shape import Shape

BEGAN = "ORCHESTRATOR_JOB_BEGAN"
"""Environment variable of a job: the Unix time at which its script began."""
_TIMED_OUT = {124, 137}
"""Exit codes of timeout(1)."""
_KILL_S = 5


def call_sbatch(folder: Path, profile: Profile, intent: Intent, code: Path) -> str:
    """Queue the jobs of a launch, one array or one job, and return its number.

    Raises QueueFullError, SilentError, or SchedulerError when sbatch refuses.
    """
    import submitit  # costs half a second, and only submitting needs it

    class Executor(submitit.SlurmExecutor):
        def _make_submission_command(self, submission_file_path: Path) -> list[str]:
            command: list[str] = super()._make_submission_command(submission_file_path)
            return ["timeout", f"--kill-after={_KILL_S}", str(profile.patience), *command]

    try:
        with _environment():
            executor = Executor(folder=folder / "slurm", max_num_timeout=0)
            executor.update_parameters(**job_parameters(profile, intent, code))
            if intent.count > 1:
                executor.parameters["map_count"] = intent.count
            executor.folder.mkdir(parents=True, exist_ok=True)
            job = executor._submit_command(worker_command(folder, intent))
    except (submitit.core.utils.FailedJobError, OSError, RuntimeError) as error:
        raise _explained(error, profile, intent) from error
    return str(job.job_id)


def _explained(error: Exception, profile: Profile, intent: Intent) -> SchedulerError:
    """Return the error that says what is known about the jobs after sbatch failed."""
    called = error.__cause__
    if isinstance(called, subprocess.CalledProcessError) and called.returncode in _TIMED_OUT:
        return SilentError(f"sbatch did not answer within {profile.patience} s for {intent.token}")
    words = " ".join(str(error).split())
    queue = queue_since(time.monotonic(), profile.patience)
    kind = refusal(words, None if queue is None else len(queue))
    if kind is QueueFullError:
        return kind(words)
    how = "could not queue" if kind is SilentError else "refused the job"
    return kind(f"sbatch {how} {intent.token}: {words}")


def worker_command(folder: Path, intent: Intent) -> str:
    """Return the shell line of a job script that becomes the worker or the sentinel."""
    name = "wake" if intent.kind == "sentinel" else "${SLURM_ARRAY_TASK_ID:-0}"
    return f"{shlex.quote(sys.executable)} -u -m orchestrator.engine.work {shlex.quote(str(folder))} {name}"


def check_path(path: Path) -> None:
    """Raise UserError when sbatch would not take a path in a script as it is."""
    if wrong := [sign for sign in ("%", "\n", "\r", "\\") if sign in str(path)]:
        raise UserError(
            f"the folder {str(path)!r} cannot be used on a cluster: sbatch reads {wrong[0]!r} in its own way",
            hint="give a run folder without it: --runs PATH",
        )


def job_parameters(profile: Profile, intent: Intent, code: Path) -> dict[str, Any]:
    """Return what submitit's Slurm executor is told about a launch."""
    shape, token = intent.shape, intent.token
    options: dict[str, Any] = {
        "chdir": str(code),
        "no-requeue": True,
        "signal": f"USR2@{least_lead(profile, shape)}",
        **profile.sbatch,
        **shape.sbatch,
        **_placement(profile, shape),
    }
    if intent.avoid:
        options["exclude"] = ",".join([*filter(None, [options.get("exclude")]), *intent.avoid])
    if intent.after:
        options["dependency"] = "afterany:" + ":".join(sorted({_array(job) for job in intent.after}))
    parameters = {
        "job_name": token,
        "comment": token,
        "time": max(1, -(-shape.time // 60)),
        "cpus_per_task": shape.cpus,
        "mem": f"{shape.memory}MB",
        "array_parallelism": intent.count,
        "stderr_to_stdout": True,
        "setup": [
            f"export {BEGAN}=$(date +%s)",
            *profile.setup,
            f"cd {shlex.quote(str(code))}",  # setup may have left it, and Python imports from here first
            f"export PYTHONPATH={shlex.quote(str(code))}${{PYTHONPATH:+:$PYTHONPATH}}",
            f"export OMP_NUM_THREADS={shape.threads} SRUN_CPUS_PER_TASK={shape.cpus}",
        ],
        "additional_parameters": {key: value for key, value in options.items() if value is not False},
    }
    if partition := shape.partition or profile.partition:
        parameters["partition"] = partition
    return parameters


def _placement(profile: Profile, shape: Shape) -> dict[str, Any]:
    """Return the options for what a shape chooses of the cluster, or the profile."""
    gres = profile.gres if shape.gpu is None else f"{profile.gres.partition(':')[0]}:{shape.gpu}"
    several = shape.nodes > 1
    options = {
        "account": shape.account or profile.account,
        "gres": f"{gres}:{shape.gpus}" if shape.gpus else None,
        "constraint": shape.constraint,
        "qos": shape.qos,
        "exclusive": shape.exclusive,
        "nodes": shape.nodes if several else None,
        "ntasks-per-node": 1 if several else None,
    }
    return {key: value for key, value in options.items() if value}


def _array(job: str) -> str:
    return job.removeprefix("slurm:").partition("_")[0]


@contextmanager
def _environment() -> Iterator[None]:
    """Hide what the user's shell or a surrounding job would add to a new job."""
    kept = dict(os.environ)
    clean = scheduler_environment()
    for name in kept.keys() - clean.keys():
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)
