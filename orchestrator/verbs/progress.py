"""How far the writing to MLflow is, and how long it will still take."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from orchestrator.messages.terminal import plain, say

if TYPE_CHECKING:
    from collections.abc import Callable


_PAUSE_S = 15
"""Between two lines where no terminal is."""
_OPENING = "opening MLflow ..."


class Progress:
    """A count of trials: a bar on a terminal, a line now and then elsewhere."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, several: bool = False) -> None:
        """Take whether studies are written one after the other, and are to be named."""
        from rich import progress
        from rich.console import Console

        self._clock, self._several = clock, several
        self._console = Console(stderr=True)
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TextColumn("{task.fields[count]}"),
            console=self._console,
            refresh_per_second=4,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, count="")
        self._study = ""
        self._first, self._began, self._said = 0, 0.0, 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.rest()

    def open(self) -> None:
        """Show that MLflow is being opened, which takes some seconds; only a terminal is shown it."""
        if self._console.is_terminal:
            self._bar.update(self._task, description=_OPENING, total=None, count="")
            self._bar.start()

    def rest(self) -> None:
        """Show nothing, until the next count."""
        if self._console.is_terminal:  # elsewhere rich would print an empty line
            self._bar.stop()

    def count(self, study: str, done: int, total: int) -> None:
        """Show that so many trials of a study are written; those of the first call took no time."""
        now = self._clock()
        if study != self._study:
            self._study, self._first = study, done
            self._began = self._said = now
        fresh = done - self._first
        left = (now - self._began) / fresh * (total - done) if fresh > 0 else None
        what = writing(study if self._several else "")
        self._show(what, count_line(done, total, left), now)
        self._bar.update(self._task, completed=done, total=total)
        if done == total:
            self._study = ""
            self.rest()

    def _show(self, what: str, count: str, now: float) -> None:
        if self._console.is_terminal:
            self._bar.update(self._task, description=plain(what), count=count)
            self._bar.start()
        elif now - self._said >= _PAUSE_S:
            self._said = now
            say(f"{what} {count}")


def writing(study: str) -> str:
    """Return what is done; `study` is named where it is not the only one."""
    return f"writing {study} to MLflow" if study else "writing to MLflow"


def count_line(done: int, total: int, left_s: float | None) -> str:
    """Return what is said of a count, as `57/118, about 20 s left`; `left_s` is None while nobody knows."""
    return f"{done:,}/{total:,}" + ("" if left_s is None else f", about {lasting(left_s)} left")


def lasting(seconds: float) -> str:
    """Return about how long something takes, as `40 s`, `12 min`, `3.4 h` or `2.5 d`."""
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} d"
