"""The legs of a disturbed trial: from where each attempt went on, and what had to be trained again."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KILLED, LOST = "killed", "lost with its node"
ABRUPT = (KILLED, LOST)
"""How strikes are told that leave a trial no time to save."""
FEW_LINES = 2
"""So many lines a trial may log after it was told to stop: it asks once a step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How an undisturbed trial went: when it logged which step, in seconds since it was claimed."""

    steps: tuple[int, ...] = ()
    times: tuple[float, ...] = ()
    seconds: float = 0.0
    kept: frozenset[str] = frozenset()
    """The names of the checkpoint files that it left, with `#` for numbers and digests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """A moment to strike: after a step was logged, or where too few are, after some time; then a delay."""

    step: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """What a fault did to an attempt."""

    trial: str
    attempt: int
    time: float
    how: str
    """In words, as `killed in the middle of writing step-000000004.pt`."""
    saved_at: float | None = None
    """When the newest finished file of the checkpoint folder was written; None when there was none."""
    damaged: bool = False
    """Whether that file was damaged."""
    counts: bool = True
    """Whether it did what the fault is there for; damage that nobody noticed shows nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One attempt of a disturbed trial as its files show it."""

    began: float
    ended: float
    """When it left a record, else when it was struck, else when it logged last."""
    outcome: str | None = None
    """What its exit record says; None without one."""
    lines: tuple[tuple[int, float], ...] = ()
    """Step and time of every line it logged."""
    told: float | None = None
    """When it was told to stop."""
    strike: Strike | None = None

    @property
    def cut(self) -> bool:
        """Whether the strike ended it."""
        return self.strike is not None and self.outcome != "done"


class Origin(StrEnum):
    """From where an attempt after a strike went on."""

    CHECKPOINT = "checkpoint"
    START = "start"
    IGNORED = "start, although there was a checkpoint"
    UNKNOWN = "unknown"


def aims(course: Course, count: int, seed: str) -> tuple[Aim, ...]:
    """Return at most `count` moments to strike, in order, each in another part of the trial."""
    draw = random.Random(seed)
    steps = course.steps[:-1]
    if steps:
        chosen = sorted(draw.sample(range(len(steps)), min(count, len(steps))))
        gaps = [later - earlier for earlier, later in pairwise(course.times)]
        return tuple(Aim(step=steps[place], seconds=draw.uniform(0, 0.7) * gaps[place]) for place in chosen)
    return tuple(
        Aim(seconds=course.seconds * (part + draw.uniform(0.3, 0.9)) / (count + 1)) for part in range(count)
    )


def origins(legs: Sequence[Leg]) -> list[Origin]:
    """Return for each leg but the first from where it went on."""
    return [_origin(legs[: place + 1], leg) for place, leg in enumerate(legs[1:])]


def lost_seconds(legs: Sequence[Leg]) -> float:
    """Return the longest stretch that had to be trained again, at most: logged lines tell no more."""
    longest, since_start = 0.0, 0.0
    for (leg, following), origin in zip(pairwise(legs), origins(legs), strict=True):
        since_start += leg.ended - leg.began
        if origin in {Origin.START, Origin.IGNORED}:
            longest, since_start = max(longest, since_start), 0.0
        elif origin is Origin.CHECKPOINT:
            longest = max(longest, _lost(leg, following))
    return max(0.0, longest)


def deaf(leg: Leg, lead: float) -> str:
    """Return in words how a trial went on though it was told to stop; empty when it obeyed.

    One that ends by itself within `lead` seconds has broken no promise.
    """
    if leg.told is None:
        return ""
    after = [step for step, time in leg.lines if time > leg.told]
    if len(after) > FEW_LINES:
        return f"logged {len(after)} more lines after it was told to stop"
    if leg.outcome == "done" and leg.ended - leg.told > lead:
        return f"trained on for {leg.ended - leg.told:.0f} s after it was told to stop"
    return ""


def _origin(before: Sequence[Leg], leg: Leg) -> Origin:
    strike = before[-1].strike
    logged = [line for earlier in before for line in earlier.lines]
    if not leg.lines or not logged:
        nothing_saved = strike is not None and strike.saved_at is None
        return Origin.START if nothing_saved else Origin.UNKNOWN
    first = min(step for step, _ in logged)
    if leg.lines[0][0] > first:
        return Origin.CHECKPOINT
    if strike is None or strike.damaged or strike.saved_at is None:
        return Origin.START
    saved_later = any(step > first and time <= strike.saved_at for step, time in before[-1].lines)
    return Origin.IGNORED if saved_later else Origin.UNKNOWN


def _lost(leg: Leg, following: Leg) -> float:
    """Return the seconds between what the next leg went on from and the end of this one."""
    first = following.lines[0][0]
    earlier = [time for step, time in leg.lines if step < first]
    since = max(earlier, default=leg.began)
    again = any(step >= first for step, _ in leg.lines)
    strike = leg.strike
    if not again and strike is not None and strike.saved_at is not None and not strike.damaged:
        since = max(since, strike.saved_at)
    return leg.ended - since
