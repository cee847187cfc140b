"""Keeps a study current in MLflow while a verb goes on, and ends with it.

python -m orchestrator.tracking.replay_program RUNS STUDY VERB, the last being the verb's process
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import OrchestratorError, TrackingBusyError, TrackingRefusedError
from orchestrator.tracking.edges.replay_line import ReplayLine
from orchestrator.tracking.replay import Patience, Replay

_BUSY_S = 10
"""So long another program may write before this one leaves the rest to a later one."""
_AWAY_S = 10
"""So long somebody waits for a server that takes nothing."""
_MOST_LOOKS = 5
_BLINK_S, _PAUSE_S = 0.2, 0.5


def main() -> None:
    """Follow the study until the verb is done."""
    runs, name, verb = sys.argv[1:]
    line = ReplayLine(int(verb))
    try:
        line.end(keep_current(Replay(RunFolder(Path(runs)), name, [name], trusting=True), line))
    except OrchestratorError as error:
        line.end(f"{error}; {error.hint}" if error.hint else str(error))


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
    busy, away = (time.monotonic() + seconds for seconds in (_BUSY_S, _AWAY_S))
    for _ in range(_MOST_LOOKS):
        while True:
            steps = replay.steps
            try:
                if not replay.sync(line.count):
                    return ""
                break
            except TrackingBusyError as error:
                if replay.name in error.kept:
                    return ""
                if time.monotonic() > busy:
                    return str(error)
                time.sleep(_BLINK_S)
            except TrackingRefusedError as error:
                if replay.steps > steps:
                    away = time.monotonic() + _AWAY_S
                elif time.monotonic() > away:
                    return str(error)
                time.sleep(_PAUSE_S)
    return ""


if __name__ == "__main__":
    main()
