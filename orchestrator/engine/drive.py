"""Drive a study on this machine: let it advance until it is over, and stop its workers."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance, has_ended
from orchestrator.engine.observe import Newest, Observer
from orchestrator.engine.starter import Advanced
from orchestrator.engine.stop_mark import is_stopped, lay_stop
from orchestrator.places.job_log import JobLog
from orchestrator.places.profile import LOCAL
from orchestrator.places.program import program_name
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.engine.stop_mark import By
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.places.job_log import Launch

_TICK_S, _BLINK_S = 0.5, 0.1
_GRACE_S = 120
"""So long stopped trials may take to save themselves."""


def drive(runs: RunFolder, name: str, show: Callable[[Advanced], None]) -> Advanced:
    """Let a study advance on this machine until it is over or stopped; what is submitted meanwhile counts.

    A study that is submitted to a cluster meanwhile is left to itself.
    """
    newest = Newest(runs, name)
    observer = Observer(runs, newest.submission)
    while True:
        began = time.monotonic()
        if newest.replaced():
            observer = Observer(runs, newest.read_again())
        if not newest.submission.profile.here:
            return Advanced(submission=newest.submission, seen=observer.look(), watched=True)
        advanced = advance(runs, name, observer=observer)
        show(advanced)
        if has_ended(runs, advanced.seen):
            return advanced
        time.sleep(max(_TICK_S, 10 * (time.monotonic() - began)))  # looking must not slow the trials down


def living_workers(runs: RunFolder, name: str) -> list[str]:
    """Return the study's workers that live on this machine, as far as they were written down."""
    here = place_of(LOCAL)
    launches = JobLog(runs.study(name)).launches()
    return [job for launch in launches for job in launch.jobs if here.is_alive(job)]


def stop_workers(runs: RunFolder, name: str, by: By) -> bool:
    """Stop the study: its workers on this machine save and end, and no more are started; say whether all did.

    Those that somebody starts at this very moment too, unless the study is submitted again meanwhile.
    """
    lay_stop(runs, name, by)
    here, log, told = place_of(LOCAL), JobLog(runs.study(name)), set[str]()
    patience = time.monotonic() + _GRACE_S
    while time.monotonic() < patience:
        launches = _launched_here(log)
        found = set(here.jobs_of(launches) or ()) if is_stopped(runs, name) else set()
        here.cancel(found - told)
        told |= found
        if not any(map(here.is_alive, told)) and not any(map(_is_starting, launches)):
            return True
        time.sleep(_BLINK_S)
    return False


def _launched_here(log: JobLog) -> list[Launch]:
    return [one for one in log.launches() if one.intent and one.intent.kind_of_place == LOCAL.scheduler]


def _is_starting(launch: Launch) -> bool:
    """Say whether another program is about to start workers of a launch."""
    return launch.open and launch.starter != program_name(os.getpid()) and bool(launch.starter_lives())


def kill_workers(runs: RunFolder, name: str) -> None:
    """End the study's workers on this machine at once; what they had not saved is trained again."""
    here = place_of(LOCAL)
    for job in here.jobs_of(_launched_here(JobLog(runs.study(name)))) or ():
        here.signal(job, signal.SIGKILL)
