"""The processes of a study inside the jobs of the development cluster, all of which run on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Iterator

_PYTHON = "python"
_WORKER = "orchestrator.engine.work"
_SENTINEL = "wake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker inside a job, with the runner of its attempt."""

    process: psutil.Process
    runner: psutil.Process | None
    job: str
    node: str

    def __str__(self) -> str:
        return f"worker {self.process.pid} of job {self.job} on {self.node}"


def send(process: psutil.Process, number: int) -> bool:
    """Send a signal; say whether the process was there to get it."""
    try:
        process.send_signal(number)
    except psutil.Error:
        return False
    return True


def workers_of(jobs: Path) -> list[Worker]:
    """Return the workers that live now of the launches below a folder, sentinels left out."""
    found = {process.pid: process for process, words in _commands() if _is_worker(words, str(jobs))}
    parents = {pid: process.info["ppid"] for pid, process in found.items()}
    runners = {parent: found[pid] for pid, parent in parents.items() if parent in found}
    living = (
        _worker(process, runners.get(pid))
        for pid, process in sorted(found.items())
        if parents[pid] not in found and process.info["cmdline"][-1] != _SENTINEL
    )
    return [worker for worker in living if worker is not None]


def processes_of(folder: Path) -> list[str]:
    """Return all processes that have to do with a folder, as text; those of this program are left out."""
    ours, me = str(folder), psutil.Process()
    family = {me.pid, *(parent.pid for parent in me.parents())}
    return [
        f"{process.pid}: {' '.join(words)}"
        for process, words in _commands()
        if process.pid not in family and (ours in "\0".join(words) or _is_in(process, folder))
    ]


def _worker(process: psutil.Process, runner: psutil.Process | None) -> Worker | None:
    try:
        variables = process.environ()
    except psutil.Error:
        return None
    if "SLURM_JOB_ID" not in variables:
        return None
    job, node = variables["SLURM_JOB_ID"], variables["SLURMD_NODENAME"]
    return Worker(process=process, runner=runner, job=job, node=node)


def _commands() -> Iterator[tuple[psutil.Process, list[str]]]:
    for process in psutil.process_iter(["cmdline", "ppid"]):
        if words := process.info["cmdline"]:
            yield process, words


def _is_worker(words: list[str], jobs: str) -> bool:
    """Say whether it is Python inside a job of the study; srun has the same words behind its own."""
    program = words[0].rpartition("/")[2]
    return program.startswith(_PYTHON) and _WORKER in words and words[-2].startswith(jobs)


def _is_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return Path(process.cwd()).is_relative_to(folder)
    except psutil.Error:
        return False
