"""One of the slots of a worker, and which of the others are at a trial."""

from __future__ import annotations

import contextlib
import mmap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a worker."""

    number: int
    """From 0 on."""
    busy: mmap.mmap
    """Memory that all slots share: one byte for each, 1 while it is at a trial."""

    @contextlib.contextmanager
    def at_trial(self) -> Iterator[None]:
        """Let the others see that it is at a trial meanwhile."""
        self.busy[self.number] = 1
        try:
            yield
        finally:
            self.busy[self.number] = 0

    def others_busy(self) -> bool:
        """Say whether another slot is at a trial."""
        return any(mark for number, mark in enumerate(self.busy[:]) if number != self.number)


def slots(count: int) -> list[Slot]:
    """Return so many slots that see each other, in this program and in those that it forks."""
    busy = mmap.mmap(-1, count)
    return [Slot(number, busy) for number in range(count)]
