"""A program that a trial runs: started, waited for, told to stop when it is not in the middle of a file."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.edges.trial_processes import processes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_JUST_NOW_S = 2.0


class Program:
    """A running program; what it prints goes where this one's does, and it reads nothing."""

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], told_by: signal.Signals = signal.SIGTERM
    ) -> None:
        """Start it in the current folder; OSError where it cannot be.

        It ignores the signal that Slurm sends to all processes of a job when it means the worker, which would
        end a program that does not expect it; unless it is `told_by` that one to stop.
        """
        ignored = signal.SIG_IGN if told_by != signal.SIGUSR2 else signal.SIG_DFL
        before = signal.signal(signal.SIGUSR2, ignored)  # programs inherit what is ignored
        try:
            self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, env=dict(environment))
        finally:
            signal.signal(signal.SIGUSR2, before)
        self.number = self._process.pid
        self._ended = os.pidfd_open(self.number)

    def wait(self, seconds: float) -> int | None:
        """Return its exit code, below 0 for a signal; None where it goes on after that time."""
        waiting = select.poll()
        waiting.register(self._ended, select.POLLIN)
        if not waiting.poll(seconds * 1000):
            return None
        return self._process.wait()

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def is_writing(self, folder: Path, mark: str) -> bool:
        """Say whether it, or what it has started, is writing a file in a folder.

        Such a file is open, and was written a moment ago: a log may be open all the time. `mark` is what
        the processes of the trial carry.
        """
        if time.time() - newest(folder) / 1e9 > _JUST_NOW_S:
            return False
        return any(_writes(process, str(folder.resolve())) for process in processes_of(os.getsid(0), mark))


def newest(folder: Path) -> int:
    """Return when something in a folder was written last, in nanoseconds; 0 where nothing is in it."""
    times = [0]
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # renamed meanwhile
                times.append(os.stat(os.path.join(place, name)).st_mtime_ns)  # noqa: PTH116, PTH118
    return max(times)


def _writes(process: int, folder: str) -> bool:
    with suppress(OSError):  # it ends meanwhile, or is somebody else's
        for link in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):
                if os.readlink(link).startswith(f"{folder}/") and _open_to_write(process, link.name):  # noqa: PTH115
                    return True
    return False


def _open_to_write(process: int, descriptor: str) -> bool:
    lines = Path(f"/proc/{process}/fdinfo/{descriptor}").read_text(encoding="ascii").splitlines()
    flags = next((line.split()[1] for line in lines if line.startswith("flags:")), "0")
    return bool(int(flags, 8) & (os.O_WRONLY | os.O_RDWR))
