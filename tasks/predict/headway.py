"""How far a folder is, told on stderr: on a terminal a line that is written over, else one now and then."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

ON_TERMINAL_S, ELSEWHERE_S = 0.5, 30.0


class Headway:
    """Count pictures and say so; leave what is wrong with one on a line of its own."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = self._broken = 0
        self._begun = self._said = time.monotonic()
        self._over = "\r\x1b[K" if sys.stderr.isatty() else ""

    def told(self, problem: str = "") -> None:
        """Count a picture, with what is wrong with it."""
        self._done += 1
        self._broken += bool(problem)
        if problem:
            sys.stderr.write(f"{self._over}{problem}\n")
        if time.monotonic() - self._said >= (ON_TERMINAL_S if self._over else ELSEWHERE_S):
            self._say()

    def __enter__(self) -> Headway:
        """Begin."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Say how it ended."""
        took = words_of(time.monotonic() - self._begun)
        sys.stderr.write(f"{self._over}{self._counts()} in {took}\n")
        sys.stderr.flush()

    def _say(self) -> None:
        self._said = time.monotonic()
        left = (self._said - self._begun) / self._done * (self._total - self._done)
        end = "" if self._over else "\n"
        sys.stderr.write(f"{self._over}{self._counts()}, {words_of(left)} left{end}")
        sys.stderr.flush()

    def _counts(self) -> str:
        broken = f", {self._broken} of them without an answer" if self._broken else ""
        return f"{self._done:,} of {self._total:,} pictures{broken}"


def words_of(seconds: float) -> str:
    """Return a time as it is said: `40 s`, `12 min`, `3.5 h`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
