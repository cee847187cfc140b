"""A program that a trial runs: started, waited for, told to stop; and when it last wrote into a folder."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


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
        self._ended = os.pidfd_open(self._process.pid)

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


def newest(folder: Path) -> int:
    """Return when something in a folder was written last, in nanoseconds; 0 where nothing is in it."""
    times = [0]
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):  # renamed meanwhile
                times.append(os.stat(os.path.join(place, name)).st_mtime_ns)  # noqa: PTH116, PTH118
    return max(times)
