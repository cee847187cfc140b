"""What faults do to workers: told to stop, frozen, killed; here by signals, on a cluster by `scancel`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.places import local
from orchestrator.places.job_log import JobLog
from orchestrator.places.slurm.queue import ask_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_S = 60
_ON_ITS_WAY_S = 1.0


class LocalVictim:
    """A worker on this machine; it leads a session of its own, so that its group is all it started."""

    def __init__(self, job: str) -> None:
        self.job = job
        self._pid = int(job.split(":")[2])

    def stop(self) -> None:
        """Send SIGTERM to the worker, which passes it on."""
        self._signal(os.kill, signal.SIGTERM)

    def kill(self) -> None:
        """Kill the whole group and wait until it is gone."""
        self._signal(os.killpg, signal.SIGKILL)
        patience = time.monotonic() + _PATIENCE_S
        while local.is_alive(self.job) and time.monotonic() < patience:
            time.sleep(0.002)

    def freeze(self) -> None:
        """Stop the whole group where it stands."""
        self._signal(os.killpg, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the whole group go on."""
        self._signal(os.killpg, signal.SIGCONT)

    def is_alive(self) -> bool:
        """Say whether the worker lives."""
        return local.is_alive(self.job) is True

    def freeze_trial(self) -> list[int]:
        """Stop only what the worker started; return the numbers of these programs."""
        children = [pid for pid in _group(self._pid) if pid != self._pid]
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        return children

    def writing(self, folder: Path) -> str | None:
        """Return the file below a folder that one of the group has open for writing."""
        for pid in _group(self._pid):
            for name in _open_for_writing(pid):
                if Path(name).is_relative_to(folder):
                    return Path(name).name
        return None

    def _signal(self, send: Callable[[int, int], None], number: signal.Signals) -> None:
        if local.is_alive(self.job):  # else the number may be somebody else's by now
            with contextlib.suppress(ProcessLookupError):
                send(self._pid, number)


class SlurmVictim:
    """A worker that is a Slurm job."""

    def __init__(self, job: str) -> None:
        self.job = job
        self._id = job.removeprefix("slurm:")

    def stop(self) -> None:
        """Send SIGUSR2 to the job's steps, as the wall limit does."""
        self._scancel("--signal=USR2")

    def kill(self) -> None:
        """Kill steps and script at once: nothing of the worker can say goodbye."""
        self._scancel("--signal=KILL", "--full")

    def cancel(self) -> None:
        """Take the job out of the queue, or end it."""
        self._scancel()

    def freeze(self) -> None:
        """Stop the job's programs where they stand; the signal needs a moment to get to its nodes."""
        self._scancel("--signal=STOP", "--full")
        time.sleep(_ON_ITS_WAY_S)

    def thaw(self) -> None:
        """Let them go on."""
        self._scancel("--signal=CONT", "--full")

    def _scancel(self, *words: str) -> None:
        subprocess.run(["scancel", *words, self._id], capture_output=True, timeout=_PATIENCE_S, check=False)


def victim(job: str) -> LocalVictim | SlurmVictim:
    """Return the worker of a claim."""
    return LocalVictim(job) if job.startswith("local:") else SlurmVictim(job)


def workers_of(runs: Path) -> list[str]:
    """Return the workers on this machine, by job, that serve a run folder or one below it."""
    beginning = os.fsencode(f"{runs}/")
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            words = command.read_bytes().split(b"\0")
            pid = int(command.parent.name)
            if b"orchestrator.engine.worker" in words and any(word.startswith(beginning) for word in words):
                job = local.job_name(pid)
                if os.getpgid(pid) == pid and local.is_alive(job):
                    found.append(job)
    return found


def jobs_of(study: Path) -> list[str]:
    """Return the jobs of a study that Slurm still has, as `slurm:ID`; empty when it does not answer."""
    entries = JobLog(study).entries()
    tokens = {entry.intent.token for entry in entries if entry.intent}
    return [f"slurm:{queued.job}" for queued in ask_queue() or () if queued.name in tokens]


def _group(leader: int) -> list[int]:
    return [pid for pid, group in _groups() if group == leader]


def _groups() -> Iterator[tuple[int, int]]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if fields[0] not in "ZX":
                yield int(stat.parent.name), int(fields[2])


def _open_for_writing(pid: int) -> Iterator[str]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                info = Path(f"/proc/{pid}/fdinfo/{descriptor.name}").read_text(encoding="utf-8")
                flags = next(line for line in info.splitlines() if line.startswith("flags:")).split()[1]
                if int(flags, 8) & (os.O_WRONLY | os.O_RDWR):
                    yield str(descriptor.readlink())
