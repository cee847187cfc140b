"""What faults do to workers: told to stop, frozen, killed, as their place can do it."""

from __future__ import annotations

import contextlib
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from orchestrator.messages.errors import SchedulerError
from orchestrator.places.local import offspring
from orchestrator.places.program import pid_of

if TYPE_CHECKING:
    from orchestrator.places.place import Place

_PATIENCE_S = 60
_ON_ITS_WAY_S = 1.0
_GONE = (psutil.Error, ProcessLookupError)


class Victim:
    """A worker that a fault meets."""

    def __init__(self, place: Place, job: str) -> None:
        self.place, self.job = place, job

    def stop(self) -> None:
        """Tell the worker to stop, as the wall limit does."""
        with contextlib.suppress(SchedulerError):
            self.place.stop(self.job)

    def kill(self) -> None:
        """Kill it with all that it started, at once: nothing of it can say goodbye."""
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """Stop its programs where they stand; on a cluster the signal needs a moment to get to its nodes."""
        self._signal(signal.SIGSTOP)
        time.sleep(_ON_ITS_WAY_S)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(SchedulerError):
            self.place.signal(self.job, number)


class LocalVictim(Victim):
    """A worker on this machine, and all that it started."""

    def __init__(self, place: Place, job: str) -> None:
        super().__init__(place, job)
        self._frozen: list[psutil.Process] = []
        """What was stopped: a worker that ends meanwhile leaves a guard that only goes on if it is let."""

    def kill(self) -> None:
        """Kill all of it, and wait until it is gone."""
        super().kill()
        self._let_go()
        patience = time.monotonic() + _PATIENCE_S
        while self.is_alive() and time.monotonic() < patience:
            time.sleep(0.002)

    def freeze(self) -> None:
        """Stop all of it where it stands."""
        self._frozen += self._group()
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let all of it go on, also where the worker itself has ended."""
        super().thaw()
        self._let_go()

    def _let_go(self) -> None:
        for program in self._frozen:
            with contextlib.suppress(*_GONE):
                program.resume()
        self._frozen.clear()

    def is_alive(self) -> bool:
        """Say whether the worker lives."""
        return self.place.is_alive(self.job) is True

    def freeze_trial(self) -> None:
        """Stop only what the worker started."""
        for program in self._group():
            if program.pid != pid_of(self.job):
                self._frozen.append(program)
                with contextlib.suppress(*_GONE):
                    program.suspend()

    def writing(self, folder: Path) -> Path | None:
        """Return the file below a folder that one of them has open for writing."""
        for program in self._group():
            with contextlib.suppress(*_GONE):
                for file in program.open_files():
                    if file.mode != "r" and Path(file.path).is_relative_to(folder):
                        return Path(file.path)
        return None

    def _group(self) -> list[psutil.Process]:
        worker, found = pid_of(self.job), []
        if worker:
            with contextlib.suppress(psutil.NoSuchProcess):
                found = [psutil.Process(worker), *offspring(worker)]
        return found
