"""A node is lost: everything on it at once, and nobody is left to say so."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from orchestrator.drill.faults.fault import Fault
from orchestrator.drill.legs import LOST

if TYPE_CHECKING:
    from orchestrator.drill.small_copy import Running

_MOST_HITS = 2
"""A trial that is only near loses its work too; more often in vain and it would be given up."""
_LONG_AGO = 86400.0


class NodeLoss(Fault):
    """Kills all workers with all that they started, and the driver if it is on the same machine."""

    name = "node"
    about = "a node is lost: all workers, their trials and the driver are gone at once, no record is left"

    def is_due(self, running: Running) -> bool:
        """Wait until no trial under way would be hit too often."""
        if not super().is_due(running):
            return False
        return all(self.hits(other.trial) < _MOST_HITS for other in self.copy.running())

    def strike(self, running: Running) -> None:
        """Kill everything."""
        lost = self.copy.running() if self.copy.here else [running]
        jobs = self.copy.workers() if self.copy.here else [running.job]
        for job in jobs:
            self.copy.victim(job).freeze()
        before = {one.trial: self.saved(one) for one in lost}
        if self.copy.here:
            self.copy.signal_driver(signal.SIGKILL)
        for job in jobs:
            self.copy.victim(job).kill()
        for one in lost:
            _age(one)
            self.note(one, LOST, saved=before[one.trial])

    def revive(self) -> bool:
        """Start the driver again, as somebody does who finds the machine up again."""
        if not self.copy.was_killed():
            return False
        self.copy.drive()
        return True


def _age(running: Running) -> None:
    """Let the last sign of life lie a day back, as it would for whoever comes after a night."""
    heartbeat = running.folder.attempt(running.attempt) / "heartbeat"
    if heartbeat.exists():
        then = heartbeat.stat().st_mtime - _LONG_AGO
        os.utime(heartbeat, (then, then))
