"""A stop signal, as a wall limit or a preemption sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.drill.faults.fault import Fault

if TYPE_CHECKING:
    from orchestrator.drill.small_copy import Running


class StopSignal(Fault):
    """Tells each trial to stop, several times."""

    name = "stop"
    about = "a wall limit or a preemption: each trial is told to stop, several times"
    strikes_per_trial = 3

    def strike(self, running: Running) -> None:
        """Tell the trial to stop."""
        before = self.saved(running)
        self.tell_to_stop(running)
        self.note(running, "told to stop", saved=self.saved(running) or before)
