"""How a wall limit is handled: when a trial is told to stop ahead of it, and whether another may begin.

A place ends its workers at a time that it says, or that follows from what was asked for (`End`). A worker
tells its trial to stop ahead of that: by what the trial needed to stop so far, measured and not guessed. Jobs
of a scheduler are told by its signal too, at the least lead: it is one more hint, and may come early.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.places.profile import Profile
    from orchestrator.study.shape import Shape

_MARGIN = 2.0
"""A save may take so many times as long as the longest so far: file systems have bad minutes."""
_LARGEST_SHARE = 0.5
"""Of a worker's time; a trial that needs more to stop relies on its periodic checkpoints."""
_ENOUGH_S = 600
"""A trial is started when at least this much time is left, or half of the worker's if that is less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The longest durations of a trial so far, in seconds."""

    save: float = 0.0
    step: float = 0.0
    """Between two questions whether to stop."""

    def and_(self, other: Pace) -> Pace:
        """Return the longer of both."""
        return Pace(save=max(self.save, other.save), step=max(self.step, other.step))

    @property
    def stop(self) -> float:
        """How long the trial may need to stop."""
        return _MARGIN * (self.save + self.step)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """When a place will end a worker."""

    time: float
    """Unix time."""
    known: bool
    """Whether the place has said so; else it follows from what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallLimit:
    """The end of a worker, and what its trials need ahead of it."""

    end: End
    seconds: float
    """That the worker has in all."""
    least_lead: float

    def stop_time(self, pace: Pace) -> float:
        """Return the Unix time at which a trial of this pace has to be told to stop."""
        return self.end.time - self.lead(pace)

    def lead(self, pace: Pace) -> float:
        """Return the seconds before the end at which a trial of this pace is stopped."""
        return max(self.least_lead, min(pace.stop, _LARGEST_SHARE * self.seconds))

    def leaves_enough(self, now: float) -> bool:
        """Say whether a trial that begins at a Unix time could get on before it is told to stop."""
        return self.stop_time(Pace()) - now >= min(_ENOUGH_S, self.seconds / 2)


def least_lead(profile: Profile, shape: Shape) -> int:
    """Return the seconds before its end at which any trial is stopped: never more than a quarter of all."""
    return max(1, min(profile.signal_lead, shape.time // 4))
