"""How a trial that has to stop is brought to its end: told, told as a whole, killed."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import time
from typing import TYPE_CHECKING

from orchestrator.engine.edges.trial_processes import kill, processes_of, tell
from orchestrator.evidence.evidence import Stop
from orchestrator.files.record_file import publish
from orchestrator.messages.terminal import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.taken import Taken
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.evidence import Cause
    from orchestrator.places.wall_limit import Pace

_HALF = 0.5
"""Of the grace; then what the task has started is told as well, as it seems not to be told by the task."""
_RECORD_S = 10
"""Before a scheduler ends the worker: it still has to write down how the trial ended."""
_KILL_S = 10


class Stopping:
    """A runner that may have to stop, with all that it trains, and how far that has got."""

    def __init__(self, worker: Worker, taken: Sequence[Taken], runner: int) -> None:
        self._worker, self._taken, self._runner = worker, taken, runner
        self._mark = str(taken[0].attempt)
        self._told_all = [one.folder.told_all(one.number) for one in taken]
        self._since = math.inf
        self.killed = False

    def press(self, causes: Sequence[Cause], pace: Pace) -> None:
        """Do what is due: the runner is told again and again, as it may not listen yet the first time.

        `causes` are those of its trials.
        """
        now = time.time()
        if self._since == math.inf:
            self._since = now
            self._say_why(causes, now)
        grace = min(self._grace(cause, pace) for cause in causes)
        if now >= self._since + grace:
            self._kill(grace)
        elif now >= self._since + _HALF * grace and not self._told_all[0].exists():
            for mark in self._told_all:
                mark.touch()
            others = set(processes_of(self._runner, self._mark)) - {self._runner}
            tell(sorted(others), signal.SIGTERM)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._runner, signal.SIGTERM)

    def _say_why(self, causes: Sequence[Cause], now: float) -> None:
        for one, cause in zip(self._taken, causes, strict=True):
            if (one.attempt / "exit.json").exists():
                continue
            with contextlib.suppress(OSError):  # on a full disk stopping is more important than saying why
                publish(one.attempt / "stop.json", Stop(cause=cause, time=now).model_dump_json())

    def _grace(self, cause: Cause, pace: Pace) -> float:
        """Return the seconds that the trial has: as many as it may need to save, by what it needed so far.

        Ahead of its own end a worker that a scheduler ends gives all the time that there is.
        """
        grace = max(grace_of(self._worker), pace.stop)
        if cause in ("cancelled", "lockstep", "user"):
            return grace
        if self._worker.submission.profile.here:
            return math.inf  # nobody ends it
        return max(grace, self._worker.limit.end.time - _RECORD_S - self._since)

    def _kill(self, grace: float) -> None:
        if not self.killed:
            stamp(f"the trial did not end within {grace:.0f} s after it was told to, and is killed")
        self.killed = True
        kill(self._runner, self._mark, _KILL_S)


def grace_of(worker: Worker) -> float:
    """Return the seconds that a trial of this worker has at least, once it is told to stop."""
    return worker.shape.grace or worker.submission.profile.grace
