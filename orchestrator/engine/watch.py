"""A worker looks after what it is at: a beating heart, and whether there is a cause to stop."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from orchestrator.engine.observe import cancel_mark
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.evidence.evidence import BEAT_S
from orchestrator.evidence.failure import pause_left
from orchestrator.messages.terminal import stamp
from orchestrator.places.wall_limit import Pace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from resource import struct_rusage

    from orchestrator.engine.ask import AskAhead
    from orchestrator.engine.stopping import Stopping
    from orchestrator.engine.taken import Taken
    from orchestrator.engine.waiting import Waiting
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.evidence.evidence import Cause, Exit
    from orchestrator.study.trial import Trial

_POLL_S = 0.5


def watch(
    worker: Worker,
    taken: Sequence[Taken],
    stopping: Stopping,
    waiting: Waiting,
    *,
    ahead: AskAhead | None,
) -> tuple[int, int, struct_rusage]:
    """Wait for the runner with a beating heart, pass a stop on to it, return what wait4(2) says."""
    pace, beaten = _pace_of([one for one in taken if one.number > 1]), 0.0
    while not waiting.has_ended(ahead.pause_s if ahead else _POLL_S):
        if time.time() - beaten >= BEAT_S:
            for one in taken:
                beat(one.attempt)
            beaten, pace = time.time(), pace.and_(_pace_of(taken))
        if causes := _causes_to_stop(worker, taken, pace):
            stopping.press(causes, pace)
        if ahead:
            ahead.go_on()
    return os.wait4(waiting.program, 0)


def _pace_of(taken: Sequence[Taken]) -> Pace:
    """Return the longest step of all trials, and how long they take to save, one after the other."""
    paces = [one.folder.pace() for one in taken]
    return Pace(save=sum(pace.save for pace in paces), step=max((pace.step for pace in paces), default=0.0))


def _causes_to_stop(worker: Worker, taken: Sequence[Taken], pace: Pace) -> list[Cause]:
    """Return why each of the trials has to stop; one cannot while others of its lockstep go on."""
    if worker.stopping or len(taken) == 1:
        causes = [_cause_to_stop(worker, one.trial, pace) for one in taken]
    else:
        causes = ["cancelled" if _is_cancelled(worker, one) else None for one in taken]
        if not any(causes):
            causes = [_common_cause(worker, pace)] * len(taken)
    return [cause or "lockstep" for cause in causes] if any(causes) else []


def _is_cancelled(worker: Worker, taken: Taken) -> bool:
    """Say whether a trial is cancelled that has not ended."""
    mark = cancel_mark(worker.runs, worker.submission.study.name, taken.trial.id)
    return mark.exists() and not (taken.attempt / "exit.json").exists()


def leave_file_system_alone(worker: Worker, trial: Trial, number: int) -> None:
    """Wait with a beating heart while a file system may recover that failed under the last attempts.

    A stop ends the pause: the trial is begun, to be told.
    """
    folder = worker.runs.trial(trial)
    left = pause_left(_ends_before(folder, number), time.time())
    if not left:
        return
    stamp(f"attempt {number} waits {left:.0f} s: a file system failed under the last one")
    until, pace = time.monotonic() + left, folder.pace()
    while time.monotonic() < until and _cause_to_stop(worker, trial, pace) is None:
        beat(folder.attempt(number))
        time.sleep(_POLL_S)


def _ends_before(folder: TrialFolder, number: int) -> Iterator[Exit | None]:
    """Yield how the attempts before this one ended, the latest first, back to where `retry` was typed."""
    for earlier in range(number - 1, 0, -1):
        if (folder.attempt(earlier) / "forgiven").exists():
            return
        yield folder.read_exit(earlier)


def beat(attempt: Path) -> None:
    """Let the heart beat; where a file system swallows a beat, the next one comes soon."""
    with contextlib.suppress(OSError):
        (attempt / "heartbeat").touch()


def _cause_to_stop(worker: Worker, trial: Trial, pace: Pace) -> Cause | None:
    if worker.stopping:
        return "user" if worker.submission.profile.here else "scheduler"
    if cancel_mark(worker.runs, worker.submission.study.name, trial.id).exists():
        return "cancelled"
    return _common_cause(worker, pace)


def _common_cause(worker: Worker, pace: Pace) -> Cause | None:
    if is_stopped(worker.runs, worker.submission.study.name):
        return "user"
    return "wall limit" if time.time() >= worker.limit.stop_time(pace) else None
