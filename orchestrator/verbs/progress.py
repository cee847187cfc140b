"""How far something is that goes through all trials of a study, and how long it will still take."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from orchestrator.messages.terminal import plain, say

if TYPE_CHECKING:
    from collections.abc import Callable

_PAUSE_S = 15
"""Between two lines where no terminal is."""


class Progress:
    """A count of trials: redrawn on a terminal, a line now and then elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        from rich import live
        from rich.console import Console

        self._clock = clock
        self._console = Console(stderr=True)
        self._live = live.Live(console=self._console, refresh_per_second=4, transient=True)
        self._study = ""
        self._first, self._began, self._said = 0, 0.0, 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def count(self, study: str, done: int, total: int) -> None:
        """Show that so many trials of a study are done; those of the first call took no time."""
        now = self._clock()
        if study != self._study:
            self._study, self._first = study, done
            self._began = self._said = now
        fresh = done - self._first
        left = (now - self._began) / fresh * (total - done) if fresh > 0 else None
        self._show(progress_line(study, done, total, left), now)
        if done == total:
            self._study = ""
            self._live.stop()

    def _show(self, line: str, now: float) -> None:
        from rich.text import Text

        if self._console.is_terminal:
            self._live.start()
            self._live.update(Text(plain(line)))
        elif now - self._said >= _PAUSE_S:
            self._said = now
            say(line)


def progress_line(study: str, done: int, total: int, left_s: float | None) -> str:
    """Return what is said of a count; `left_s` is None while nobody can know."""
    return f"{study}: {done:,} of {total:,} trials" + ("" if left_s is None else f", {lasting(left_s)} left")


def lasting(seconds: float) -> str:
    """Return about how long something takes, as `40 s`, `12 min`, `3.4 h` or `2.5 d`."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} d"
