"""The terminal: data to standard output, talk to standard error, a table that follows a study."""

from __future__ import annotations

import json
import re
import sys
import time
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from orchestrator.advance import Advanced
    from orchestrator.core.submission import Submission
    from orchestrator.edges.store import RunFolder


_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Return a text without the signs that would steer a terminal: messages quote what others wrote."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def say(text: str) -> None:
    """Talk to the person: standard error."""
    typer.echo(plain(text), err=True)


def tell(text: str) -> None:
    """Print a text to standard output."""
    typer.echo(plain(text))


def stamp(text: str) -> None:
    """Write a line with the time to standard error: a worker's own log, which may lie on a full disk."""
    with suppress(OSError):
        sys.stderr.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {plain(text)}\n")
        sys.stderr.flush()


def give(values: Any) -> None:
    """Give data: standard output."""
    typer.echo(json.dumps(values, indent=1))


def show(renderable: Any) -> None:
    """Print a table to standard output."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160).print(renderable)


class Live:
    """A table that follows a study: redrawn on a terminal, a line per change elsewhere."""

    def __init__(self, runs: RunFolder, submission: Submission) -> None:
        from rich import live
        from rich.console import Console

        self._runs, self._submission = runs, submission
        self._console = Console(stderr=True)
        self._live = live.Live(console=self._console, refresh_per_second=4, transient=True)
        self._last = ""

    def __enter__(self) -> Live:
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

        from orchestrator.show import running_lines, status_table

        counts = advanced.seen.count()
        line = " ".join(f"{state}={count}" for state, count in sorted(counts.items()))
        if self._console.is_terminal:
            table = status_table(self._submission, advanced.seen)
            lines = running_lines(self._runs, advanced.seen)
            self._live.update(Group(table, "", *(Text(plain(line)) for line in lines)))
        elif line != self._last:
            say(f"{time.strftime('%H:%M:%S')} {line}")
        self._last = line
