"""Follow a study that this machine trains, until it is over or somebody stops it."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from typing import TYPE_CHECKING

from orchestrator.messages.terminal import say
from orchestrator.verbs.live import LiveTable
from orchestrator.verbs.saying_next import say_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.engine.starter import Advanced
    from orchestrator.engine.stop_mark import By
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission

TERMINATED = 143
"""Exit code of a program that was told to end with TERM, as shells have it."""
_QUIET_S = 2.0
"""So long nothing is said of workers that still end."""
_BLINK_S = 0.02


class _Terminated(KeyboardInterrupt):
    """TERM came instead of Ctrl-C."""


def drive_to_end(
    runs: RunFolder, submission: Submission, tell_notes: Callable[[], None] = lambda: None
) -> Advanced:
    """Follow a local study to its end with a live table; the first Ctrl-C or TERM stops it cleanly.

    `tell_notes` says what else there is to say, again and again.
    """
    from orchestrator.engine.drive import drive

    name = submission.study.name
    try:
        with _term_interrupts():
            with LiveTable(runs, submission) as live:
                advanced = drive(runs, name, _showing(live, tell_notes))
            _see_workers_out(runs, name)
    except _Terminated:
        _stop(runs, submission, "TERM")
        raise SystemExit(TERMINATED) from None
    except KeyboardInterrupt:
        _stop(runs, submission, "Ctrl-C")
        raise
    return advanced


def _showing(live: LiveTable, tell_notes: Callable[[], None]) -> Callable[[Advanced], None]:
    """Return what shows the newest state, and says once each why not everything is started."""
    told: set[str] = set()

    def show(advanced: Advanced) -> None:
        live.update(advanced)
        if advanced.hindrance and not advanced.elsewhere and advanced.hindrance not in told:
            told.add(advanced.hindrance)
            say(f"note: {advanced.hindrance}")
        tell_notes()

    return show


@contextlib.contextmanager
def _term_interrupts() -> Iterator[None]:
    """Let TERM do what Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _stop(runs: RunFolder, submission: Submission, by: By) -> None:
    """Stop a study; another Ctrl-C kills its workers."""
    from orchestrator.engine.drive import kill_workers, stop_workers

    name = submission.study.name
    say("stopping: trials save their checkpoints (Ctrl-C again kills them)")
    try:
        stopped = stop_workers(runs, name, by)
    except KeyboardInterrupt:
        stopped = False
    if not stopped:
        kill_workers(runs, name)
    say("stopped; the same command goes on where this ended")
    say_next(submission.again, runs.path)


def _see_workers_out(runs: RunFolder, name: str) -> None:
    """Wait for the workers to end: one left over would train with the old code what is retried with new."""
    from orchestrator.engine.drive import living_workers

    told = time.monotonic() + _QUIET_S
    while left := living_workers(runs, name):
        if time.monotonic() > told:
            say(f"`{name}` is over; waiting for {len(left)} of its workers to end (Ctrl-C ends them)")
            told = math.inf
        time.sleep(_BLINK_S)
