"""A worker waits for its trial's program to end, and answers what it asks meanwhile."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from orchestrator.engine.pruning import Pruning


class Waiting:
    """What to wait on while a trial's program runs."""

    def __init__(self, program: int, pruning: Pruning | None) -> None:
        self.program, self._pruning = program, pruning
        self._ended, self._events = os.pidfd_open(program), select.poll()
        self._events.register(self._ended, select.POLLIN)
        if pruning is not None:
            self._events.register(pruning.line, select.POLLIN)

    def __enter__(self) -> Self:
        """Wait from now on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait no more."""
        os.close(self._ended)
        if self._pruning is not None:
            self._pruning.line.close()

    def has_ended(self, seconds: float) -> bool:
        """Wait so long, or until the program ends or has asked something, which is answered."""
        happened = dict(self._events.poll(seconds * 1000))
        if self._ended in happened:
            return True
        if self._pruning is not None and happened:
            self._pruning.answer()
            if any(event & select.POLLHUP for event in happened.values()):  # it has closed its end
                self._events.unregister(self._pruning.line)
        return False
