"""Keeps a study current in MLflow while a verb goes on, and ends with it.

python -m orchestrator.tracking.replay_program RUNS STUDY VERB, the last being the verb's process
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import (
    OrchestratorError,
    TrackingAwayError,
    TrackingBusyError,
    TrackingRefusedError,
)
from orchestrator.tracking.edges.replay_line import ReplayLine
from orchestrator.tracking.replay import Patience, Replay, in_a_line

_BUSY_S = 5
"""So long another program may write before this one leaves the rest to a later one."""
_REFUSED_S = 10
"""So long somebody waits for a server that answers and takes nothing."""
_MOST_UNANSWERED = 2
_MOST_LOOKS = 5
_BLINK_S, _PAUSE_S = 0.2, 0.5


def main() -> None:
    """Follow the study until the verb is done."""
    runs, name, verb = sys.argv[1:]
    line = ReplayLine(int(verb))
    try:
        line.end(keep_current(Replay(RunFolder(Path(runs)), name, [name], trusting=True), line))
    except OrchestratorError as error:
        line.end(f"{in_a_line(error)}; {error.hint}" if error.hint else in_a_line(error))


def keep_current(replay: Replay, line: ReplayLine) -> str:
    """Bring MLflow up to date again and again, the last time when the verb is done.

    Returns why MLflow lacks something then; empty where it lacks nothing, or another program brings it.
    Raises OrchestratorError where MLflow cannot be used.
    """
    patience, pause = Patience(line.note), 0.0
    while not line.asked_within(pause):
        pause = patience.look([replay], line.count)
    return _finish(replay, line)


def _finish(replay: Replay, line: ReplayLine) -> str:
    """Look until nothing is new."""
    replay.keeps = ()
    looks, waiting = 0, _Waiting(replay)
    while looks < _MOST_LOOKS:
        try:
            if not replay.sync(line.count):
                return ""
            looks += 1
        except TrackingBusyError as error:
            if replay.name in error.kept:
                return ""
            if waiting.was_busy_too_long():
                return in_a_line(error)
        except TrackingRefusedError as error:
            if waiting.was_refused_too_long(error):
                return in_a_line(error)
    return ""


class _Waiting:
    """How long a person is kept waiting by others."""

    def __init__(self, replay: Replay) -> None:
        self._replay = replay
        self._busy, self._refused = time.monotonic() + _BUSY_S, time.monotonic() + _REFUSED_S
        self._steps = replay.steps
        self._unanswered = 0

    def was_busy_too_long(self) -> bool:
        """Wait a little, unless another program was seen to write for long."""
        time.sleep(_BLINK_S)
        return time.monotonic() > self._busy

    def was_refused_too_long(self, error: TrackingRefusedError) -> bool:
        """Wait a little, unless a server has taken nothing for long, or does not answer at all."""
        if self._replay.steps > self._steps:
            self._steps, self._refused = self._replay.steps, time.monotonic() + _REFUSED_S
        self._unanswered = self._unanswered + 1 if isinstance(error, TrackingAwayError) else 0
        if self._unanswered == _MOST_UNANSWERED or time.monotonic() > self._refused:
            return True
        time.sleep(_PAUSE_S)
        return False


if __name__ == "__main__":
    main()
