"""The scheduler is lost: here the driver, on a cluster the answers of Slurm; workers go on meanwhile."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from orchestrator.drill.edges.broken_slurm import BrokenSlurm
from orchestrator.drill.faults.fault import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from orchestrator.drill.legs import Course
    from orchestrator.drill.small_copy import Copy, Running

_AWAY_S = 1.0
_SLURM_AWAY_S = 15.0
_MOST_AT_SUBMISSION = 2


class Scheduler(Fault):
    """Kills the driver, also while it is starting workers; on a cluster lets Slurm's commands fail."""

    name = "scheduler"
    about = "the driver is killed, or Slurm does not answer for a while: no trial may be lost or doubled"
    cuts = False

    def __init__(
        self, copy: Copy, courses: Mapping[str, Course], seed: int, tell: Callable[[str], None]
    ) -> None:
        super().__init__(copy, courses, seed, tell)
        self._slurm = None if copy.here else BrokenSlurm(copy.runs.path / "broken_slurm")
        if self._slurm is not None:
            copy.environment = self._slurm.environment()
        self._back_at: float | None = None
        self._at_submission: set[Path] = set()

    def meet(self, running: Running) -> None:
        """Strike when the moment has come and the last strike is over."""
        if self._back_at is None and self.is_due(running):
            self.strike(running)

    def strike(self, running: Running) -> None:
        """Lose the driver or Slurm, as all trials under way will feel it."""
        how = "the driver was killed" if self.copy.here else "Slurm's commands fail"
        self._lose(how, running)

    def tick(self) -> None:
        """Kill the driver between intent and start too; bring back what is away long enough."""
        if self._back_at is not None:
            if time.time() >= self._back_at and self._slurm is not None:
                self._slurm.come_back()
                self._back_at = None
        elif fresh := self._open_launches() - self._at_submission:
            self._at_submission |= fresh
            self._lose("the driver was killed while it started workers")

    def revive(self) -> bool:
        """Start the driver again once it was away long enough."""
        if self._back_at is None and not self.copy.was_killed():
            return False
        while self._back_at is not None and time.time() < self._back_at:
            time.sleep(0.05)
        if self._slurm is not None:
            self._slurm.come_back()
        self._back_at = None
        self.copy.drive()
        return True

    def close(self) -> None:
        """Let Slurm answer, and say what was not met."""
        if self._slurm is not None:
            self._slurm.come_back()
        elif self._at_submission:
            self.notes.append(
                f"the driver was killed {len(self._at_submission)} times while it started workers"
            )

    def _lose(self, how: str, *struck: Running) -> None:
        if self._slurm is not None:
            self._slurm.leave()
        else:
            self.copy.signal_driver(signal.SIGKILL)
        self._back_at = time.time() + (_SLURM_AWAY_S if self._slurm is not None else _AWAY_S)
        for one in {one.trial: one for one in (*struck, *self.copy.running())}.values():
            if not self.was_struck(one):
                self.note(one, how)

    def _open_launches(self) -> set[Path]:
        """Return the launches whose intent is written while their jobs are not; enough is enough."""
        if not self.copy.here or len(self._at_submission) >= _MOST_AT_SUBMISSION:
            return set()
        return {
            intent.parent
            for intent in (self.copy.study / "jobs").glob("*/intent.json")
            if not (intent.parent / "submitted.json").exists()
        }
