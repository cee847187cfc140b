"""What the soak went through, as it is printed at the end."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.soak.file_troubles import count_troubles, troubles_of
from tests.soak.run_folder import of_attempts, read
from tests.soak.verdict import ends, read_lines

if TYPE_CHECKING:
    from tests.soak.world import World

_MOST_LINES = 20


@dataclass(kw_only=True)
class Summary:
    """Everything that is counted."""

    seed: int
    trials: int
    faults: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    without_victim: Counter[str] = field(default_factory=Counter)
    attempts: int = 0
    legs: int = 0
    """Attempts that got so far as to train."""
    in_lockstep: int = 0
    """Attempts at trials that others led."""
    stops: Counter[str] = field(default_factory=Counter)
    """Why attempts were told to stop."""
    jobs: dict[str, int] = field(default_factory=dict)
    """How jobs ended, in Slurm's words."""
    commands: int = 0
    file_troubles: Counter[str] = field(default_factory=Counter)
    """What trials, commands and workers said of a file system that failed under them."""
    file_trouble_lines: list[str] = field(default_factory=list)
    nudges: int = 0
    """How often `advance` had to be typed because nothing was left that would go on by itself."""
    seconds: float = 0.0
    steps: int = 0
    lost_steps: int = 0
    """Steps that were trained again because they were not saved yet."""
    problems: list[str] = field(default_factory=list)
    evidence: str | None = None
    """The folder that is kept when something is wrong."""


def count(world: World, summary: Summary, began: float) -> None:
    """Count what the study went through."""
    diary = read_lines(world.diary)
    trained = Counter((line["trial"], line["step"]) for line in diary if line["event"] == "trained")
    summary.seconds = round(time.time() - began, 1)
    summary.attempts = len(of_attempts(world.runs, ""))
    summary.in_lockstep = sum("leader" in read(claim) for claim in of_attempts(world.runs, "claim.json"))
    summary.legs = sum(line["event"] == "begins" for line in diary)
    summary.stops = Counter(read(stop)["cause"] for stop in of_attempts(world.runs, "stop.json"))
    troubles = troubles_of(world)
    summary.file_troubles = count_troubles(troubles)
    summary.file_trouble_lines = [line for _, line in troubles[:_MOST_LINES]]
    summary.jobs = ends(world, began)
    summary.commands = len(world.typed)
    summary.steps = len(trained)
    summary.lost_steps = trained.total() - len(trained)
