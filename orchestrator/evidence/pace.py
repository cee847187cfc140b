"""How long before its end a trial must be told to stop: measured, not guessed."""

from __future__ import annotations

from dataclasses import dataclass

MARGIN = 2.0
"""A save may take so many times as long as the longest so far: file systems have bad minutes."""
LARGEST_SHARE = 0.5
"""Of a worker's time; a trial that needs more to stop relies on its periodic checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The longest durations of a trial so far, in seconds."""

    save: float = 0.0
    step: float = 0.0
    """Between two questions whether to stop."""

    def and_(self, other: Pace) -> Pace:
        """Return the longer of both."""
        return Pace(save=max(self.save, other.save), step=max(self.step, other.step))

    def lead(self, least: float, time: float) -> float:
        """Return the seconds before its end at which a worker of `time` seconds in all stops the trial."""
        return max(least, min(MARGIN * (self.save + self.step), LARGEST_SHARE * time))
