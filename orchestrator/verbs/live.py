"""The lines of a study that goes on, redrawn in place."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.messages.terminal import plain, say

if TYPE_CHECKING:
    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission


class LiveTable:
    """A table that follows a study: redrawn on a terminal, a line per change elsewhere."""

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        from rich import live
        from rich.console import Console

        self._runs, self._submission = runs, submission
        self._console = Console(stderr=True)
        self._live = live.Live(console=self._console, refresh_per_second=4, transient=True)
        self._last = ""

    def __enter__(self) -> LiveTable:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def update(self, advanced: Advanced) -> None:
        """Show the newest state."""
        from rich.console import Group
        from rich.text import Text

        from orchestrator.verbs.show import running_lines, status_table

        self._follow(advanced.submission)
        counts = advanced.seen.count()
        line = " ".join(f"{state}={count}" for state, count in sorted(counts.items()))
        if self._console.is_terminal:
            table = status_table(self._submission, advanced.seen)
            lines = running_lines(self._runs, advanced.seen)
            self._live.update(Group(table, "", *(Text(plain(line)) for line in lines)))
        elif line != self._last:
            say(f"{time.strftime('%H:%M:%S')} {line}")
        self._last = line

    def _follow(self, newest: Submission) -> None:
        """Say so when somebody has submitted the study in another form, which counts from now on."""
        before, self._submission = self._submission, newest
        if (newest.study, newest.code) != (before.study, before.code):
            say(f"note: a newer `submit` has changed `{newest.study.name}`; this follows it")
