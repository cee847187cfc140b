"""What is read of a program while it runs: its metrics, and how far it has saved."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.command_metrics import Lines, Printed, numbers
from orchestrator.engine.edges.command_program import newest
from orchestrator.files.line_file import new_lines
from orchestrator.files.plain_file import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.engine.command_metrics import Logged, Reading
    from orchestrator.engine.context import Context
    from orchestrator.study.command import Command

_CHECKPOINT_S = 5.0
"""Between two looks at the checkpoint folder."""
_TAIL = 4000
"""Characters of what a program printed last that say why it failed."""


class _Growing:
    """A file that is read on from where it was."""

    def __init__(self, path: Path, reading: Reading, start: int = 0) -> None:
        self.path, self._reading, self._start = path, reading, start

    def read(self, *, end: bool) -> Iterator[Logged]:
        """Yield what whole lines say that are new; at the `end` the last one need not be whole."""
        found, self._start = new_lines(self.path, self._start)
        lines = [line.decode(errors="replace") for line in found]
        if end and self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self._start)
                lines.append(file.read().decode(errors="replace"))
        yield from self._reading.read(part for line in lines for part in line.split("\r"))


class Readings:
    """The metrics of a program so far, and how far it has saved."""

    def __init__(self, command: Command, places: Mapping[str, str], context: Context) -> None:
        self._context, self._patterns = context, command.metrics
        self._result, lines = Path(places["result"]), Path(places["metrics"])
        self._log = context.attempt / "log.txt"
        self._saved = newest(context.checkpoint)
        before = context.furthest() if self._saved else 0
        self._printed = Printed(command.metrics, before)
        start = self._log.stat().st_size if self._log.exists() else 0
        self._files = [
            _Growing(lines, Lines(before, is_csv=lines.suffix == ".csv")),
            _Growing(self._log, self._printed, start),
        ]
        self._last: dict[str, float] = _logged_before(context) if self._saved else {}
        self._furthest, self._saves = before, before
        self._looked = time.monotonic()

    def look(self, *, end: bool = False, took: float = 0.0) -> None:
        """Log what is new; note that the program has saved. `took` are the seconds that it needed to stop."""
        for file in self._files:
            for step, metrics in file.read(end=end):
                self._context.log(metrics, step)
                self._last |= metrics
                self._furthest = step
        now = time.monotonic()
        if end or now - self._looked >= _CHECKPOINT_S:
            self._looked = now
            if (saved := newest(self._context.checkpoint)) > self._saved:
                self._saved, self._saves = saved, self._saves + 1
                self._context.saved(self._furthest if self._last else self._saves, took)

    def final(self) -> dict[str, float]:
        """Return the last number of each metric; those of the result file count before the others.

        What an attempt before has logged counts where this one goes on from its checkpoint: it may have been
        stopped after its last line.
        Raises ValueError where a pattern has found nothing, or the result file is none.
        """
        if missing := self._printed.missing - self._last.keys():
            metric = min(missing)
            raise ValueError(
                f"the program ended well, but printed no `{metric}`: no line has a number where "
                f"`{self._patterns[metric]}` looks for one"
            )
        if not self._result.exists():
            return self._last
        try:
            return self._last | numbers(json.loads(plain_text(self._result)))
        except ValueError as error:
            raise ValueError(f"{self._result.name} holds no JSON: {error}") from error

    def tail(self) -> str:
        """Return the end of what the program printed."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-_TAIL:] if self._log.exists() else ""


def _logged_before(context: Context) -> dict[str, float]:
    """Return the last number of each metric that attempts before have logged."""
    found: dict[str, float] = {}
    for metrics in context.folder.metrics().values():
        found |= metrics
    return found
