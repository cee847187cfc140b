"""The processes of a study inside the jobs of the development cluster, all of which run on this machine."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from slurm.dev_daemons import started_at

if TYPE_CHECKING:
    from collections.abc import Iterator

_PYTHON = b"python"
_WORKER = b"orchestrator.engine.worker"
_SENTINEL = b"wake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A program of a job; the start time tells a number that is used again apart."""

    pid: int
    started: str

    def signal(self, number: int) -> bool:
        """Send a signal; say whether the process was there to get it."""
        if started_at(self.pid) != self.started:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
            return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker inside a job, with the runner of its attempt."""

    process: Process
    runner: Process | None
    job: str
    node: str

    def __str__(self) -> str:
        return f"worker {self.process.pid} of job {self.job} on {self.node}"


def workers_of(jobs: Path) -> list[Worker]:
    """Return the workers that live now of the submissions below a folder, sentinels left out."""
    found = {pid: words for pid, words in _commands() if _is_worker(words, os.fsencode(jobs))}
    parents = {pid: _parent(pid) for pid in found}
    runners = {parent: pid for pid, parent in parents.items() if parent in found}
    living = (
        _worker(pid, runners.get(pid))
        for pid, words in sorted(found.items())
        if parents[pid] not in found and words[-1] != _SENTINEL
    )
    return [worker for worker in living if worker is not None]


def processes_of(folder: Path) -> list[str]:
    """Return all processes that have to do with a folder, as text; those of this program are left out."""
    ours, family = os.fsencode(folder), _ancestors(os.getpid())
    return [
        f"{pid}: {b' '.join(words).decode(errors='replace')}"
        for pid, words in _commands()
        if pid not in family and (ours in b"\0".join(words) or _is_in(pid, folder))
    ]


def _worker(pid: int, runner: int | None) -> Worker | None:
    mine, variables = _process(pid), _environment(pid)
    if mine is None or "SLURM_JOB_ID" not in variables:
        return None
    return Worker(
        process=mine,
        runner=_process(runner) if runner else None,
        job=variables["SLURM_JOB_ID"],
        node=variables["SLURMD_NODENAME"],
    )


def _commands() -> Iterator[tuple[int, list[bytes]]]:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if words := entry.read_bytes().rstrip(b"\0").split(b"\0"):
                yield int(entry.parent.name), words


def _is_worker(words: list[bytes], jobs: bytes) -> bool:
    """Say whether it is Python inside a job of the study; srun has the same words behind its own."""
    program = words[0].rpartition(b"/")[2]
    return program.startswith(_PYTHON) and _WORKER in words and words[-2].startswith(jobs)


def _process(pid: int) -> Process | None:
    started = started_at(pid)
    return Process(pid=pid, started=started) if started else None


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _ancestors(pid: int) -> set[int]:
    family = {pid}
    while pid := _parent(pid):
        family.add(pid)
    return family


def _environment(pid: int) -> dict[str, str]:
    try:
        text = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def _is_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder)
    except OSError:
        return False
