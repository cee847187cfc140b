"""A worker waits for the program of its trials to end, and answers what these ask meanwhile."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.pruning import Pruning


class Waiting:
    """What to wait on while a trial's program runs."""

    def __init__(self, program: int, prunings: Sequence[Pruning]) -> None:
        self.program = program
        self._asking = {pruning.line.fileno(): pruning for pruning in prunings}
        self._ended, self._events = os.pidfd_open(program), select.poll()
        for descriptor in (self._ended, *self._asking):
            self._events.register(descriptor, select.POLLIN)

    def __enter__(self) -> Self:
        """Wait from now on."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait no more."""
        os.close(self._ended)
        for pruning in self._asking.values():
            pruning.line.close()

    def has_ended(self, seconds: float) -> bool:
        """Wait so long, or until the program ends or has asked something, which is answered."""
        happened = dict(self._events.poll(seconds * 1000))
        if self._ended in happened:
            return True
        for descriptor, event in happened.items():
            self._asking[descriptor].answer()
            if event & select.POLLHUP:  # it has closed its end
                self._events.unregister(descriptor)
        return False
