"""Workers on this machine: detached programs that live on when the shell is gone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.messages.errors import SchedulerError
from orchestrator.places.profile import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.places.job_log import Entry


def job_name(pid: int) -> str:
    """Return the name of a program on this machine; the start time tells a reused number apart."""
    return f"local:{socket.gethostname()}:{pid}:{_start_time(pid)}"


def is_alive(job: str) -> bool | None:
    """Say whether the program still lives; None for a program of another machine."""
    _, host, pid, started = job.split(":")
    if host != socket.gethostname():
        return None
    return started != "0" and _start_time(int(pid)) == int(started)  # 0: it was gone when it was named


def _start_time(pid: int) -> int:
    """Return the start time in clock ticks since boot; 0 for a program that is gone or a zombie."""
    fields = _fields(pid)
    return 0 if not fields or fields[0] in "ZX" else int(fields[19])


def _parent(pid: int) -> int:
    fields = _fields(pid)
    return int(fields[1]) if fields else 0


def _fields(pid: int) -> list[str]:
    """Return what the kernel says of a program from its state on; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def usable_gpus() -> list[str]:
    """Return the names by which CUDA knows the GPUs that may be used here."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return [name for name in chosen.split(",") if name.strip()]
    return [str(number) for number in range(len(list(Path("/dev").glob("nvidia[0-9]*"))))]


_started: list[subprocess.Popen[bytes]] = []
"""Kept until this program ends: Popen complains about children that nobody waited for."""


class LocalCluster:
    """This machine as a place for workers."""

    name = "local"

    def limits(self) -> Limits:
        """Return how many cores and GPUs workers may share."""
        cpus, gpus = len(os.sched_getaffinity(0)), len(usable_gpus())
        return Limits(workers=max(1, cpus), cpus=cpus, gpus=gpus or None)

    def start(self, entry: Entry, code: Path) -> tuple[str, ...]:
        """Start the workers of a submission and return their names.

        Raises SchedulerError when this machine takes no more programs.
        """
        assert entry.intent is not None
        gpus = _free_gpus()
        jobs = []
        try:
            for index in range(entry.intent.count):
                mine, gpus = gpus[: entry.intent.shape.gpus], gpus[entry.intent.shape.gpus :]
                jobs.append(self._start_one(entry, index, code, mine))
        except OSError as error:
            raise SchedulerError(f"this machine could not start worker {len(jobs)}: {error}") from error
        return tuple(jobs)

    def _start_one(self, entry: Entry, index: int, code: Path, gpus: Sequence[str]) -> str:
        assert entry.intent is not None
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(code), os.environ.get("PYTHONPATH")])),
            "OMP_NUM_THREADS": str(entry.intent.shape.cpus),
            "CUDA_VISIBLE_DEVICES": ",".join(gpus),
        }
        with (entry.folder / f"worker-{index}.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "orchestrator.engine.worker", str(entry.folder), str(index)],
                cwd=code,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _started.append(worker)
        return job_name(worker.pid)

    def find(self, entry: Entry) -> tuple[str, ...]:
        """Return the workers of a submission whose starter died before it could write them down."""
        found = _workers(str(entry.folder))
        return tuple(job_name(pid) for pid in sorted(found) if _parent(pid) not in found)

    def is_alive(self, job: str) -> bool | None:
        """Say whether a worker lives; None for one of another machine."""
        return is_alive(job)

    def cancel(self, jobs: Iterable[str]) -> None:
        """Ask workers to stop their trials and end."""
        for job in jobs:
            if is_alive(job):
                os.kill(int(job.split(":")[2]), signal.SIGTERM)


def _workers(folder: str | None = None) -> set[int]:
    """Return the workers on this machine and the runners that they forked, or those of one submission."""
    found = set()
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = command.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if b"orchestrator.engine.worker" in words and (folder is None or folder.encode() in words):
            found.add(int(command.parent.name))
    return found


def _free_gpus() -> list[str]:
    taken = {gpu for pid in _workers() for gpu in _gpus_of(pid)}
    return [gpu for gpu in usable_gpus() if gpu not in taken]


def _gpus_of(pid: int) -> list[str]:
    try:
        text = Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return []
    for variable in text.split(b"\0"):
        if variable.startswith(b"CUDA_VISIBLE_DEVICES="):
            return [name for name in variable.partition(b"=")[2].decode().split(",") if name]
    return []
