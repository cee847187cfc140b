"""A study that goes on, drawn in place; a few lines where no terminal is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.evidence.state import State
from orchestrator.files.line_file import last_line, logged
from orchestrator.messages.terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Group

    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.verbs.headway import Headway, LastLogged

_ECHO = 2
"""Columns that stay free: a terminal writes `^C` behind the last line, which must not make it another one."""
_PAUSE_S = 60
"""Between two lines where no terminal is and nothing has ended."""


class LiveTable:
    """What follows a study: redrawn on a terminal, a line a minute and for each end of a stage elsewhere."""

    def __init__(
        self, runs: RunFolder, submission: Submission, clock: Callable[[], float] = time.time
    ) -> None:
        from rich import live
        from rich.console import Console

        self._runs, self._submission, self._clock = runs, submission, clock
        self._headway: Headway | None = None
        self._said = 0.0
        self._console = Console(stderr=True)
        self._live = live.Live(
            console=self._console, refresh_per_second=2, transient=True, get_renderable=self._drawn
        )

    def __enter__(self) -> LiveTable:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def update(self, advanced: Advanced) -> None:
        """Show the newest state."""
        from orchestrator.verbs.headway import headway

        self._follow(advanced.submission)
        before, seen = self._headway, advanced.seen
        self._headway = headway(
            self._submission,
            seen,
            last_logged(self._runs, seen),
            workers=self._workers(advanced),
            now=self._clock(),
        )
        if self._console.is_terminal:
            self._live.refresh()
        else:
            self._talk(before, self._headway)

    def _workers(self, advanced: Advanced) -> int:
        """Return how many workers live or are queued; of this machine those too that wait for a trial."""
        from orchestrator.engine.drive import living_workers

        name, here = self._submission.study.name, self._submission.profile.here
        return max(advanced.live, len(living_workers(self._runs, name)) if here else 0)

    def _drawn(self) -> Group:
        """Return the lines for the terminal as it is now: it may have been resized."""
        from rich.console import Group

        from orchestrator.verbs.live_view import live_lines

        if self._headway is None:
            return Group()
        width, height = self._console.size
        return Group(*live_lines(self._headway, self._clock(), width - _ECHO, height))

    def _talk(self, before: Headway | None, now: Headway) -> None:
        """Say what has ended; else how far it is, when nothing was said for a while."""
        from orchestrator.verbs.live_view import changes, minute_line

        at = time.strftime("%H:%M:%S", time.localtime(now.looked))
        lines = changes(before, now)
        for line in lines:
            say(f"{at} {line}")
        if not lines and now.looked - self._said >= _PAUSE_S:
            say(f"{at} {minute_line(now, now.looked)}")
            self._said = now.looked

    def _follow(self, newest: Submission) -> None:
        """Say so when somebody has submitted the study in another form, which counts from now on."""
        before, self._submission = self._submission, newest
        if (newest.study, newest.code) != (before.study, before.code):
            say(f"note: a newer `submit` has changed `{newest.study.name}`; this follows it")


def last_logged(runs: RunFolder, seen: Seen) -> dict[str, LastLogged]:
    """Return what each trial that is being trained logged last, by its id."""
    found: dict[str, LastLogged] = {}
    for identity, state in seen.states.items():
        if state is State.RUNNING:
            number = seen.evidence[identity].attempts[-1].number
            attempt = runs.trial(seen.plan.by_id[identity]).attempt(number)
            if last := logged(last_line(attempt / "metrics.jsonl")):
                found[identity] = last
    return found
