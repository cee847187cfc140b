"""The newest checkpoint file is damaged while nobody is at the trial."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

from orchestrator.drill.edges.checkpoint_files import damage, newest_file
from orchestrator.drill.faults.fault import Fault, saved
from orchestrator.drill.legs import KILLED

if TYPE_CHECKING:
    from orchestrator.drill.edges.checkpoint_files import Damage
    from orchestrator.drill.small_copy import Running

_PATIENCE_S = 120
_WAYS: tuple[Damage, ...] = ("truncated", "bit flipped")


class Corrupt(Fault):
    """Ends an attempt and damages the checkpoint file that was written last."""

    name = "corrupt"
    about = "the newest checkpoint file is damaged: the trial must go on from the one before, or start again"
    strikes_per_trial = 2

    def strike(self, running: Running) -> None:
        """Kill the worker, or have it stop and save where it has saved nothing yet; then do the damage."""
        if saved(running) is None and self.copy.here:
            self._stop_alone(running)
            return
        worker = self.copy.victim(running.job)
        worker.freeze()
        self._damage(running, KILLED)
        worker.kill()

    def close(self) -> None:
        """Say of how many trials nothing could be damaged."""
        spared = {strike.trial for strike in self.strikes if not strike.damaged}
        if spared := spared - {strike.trial for strike in self.strikes if strike.damaged}:
            self.notes.append(f"{len(spared)} trials had saved nothing that could be damaged")

    def _stop_alone(self, running: Running) -> None:
        """Stop the trial while everything else stands still, so that nobody takes it up before the damage."""
        others = [self.copy.victim(job) for job in self.copy.workers() if job != running.job]
        self.copy.signal_driver(signal.SIGSTOP)
        for other in others:
            other.freeze()
        self.tell_to_stop(running)
        self._wait_for_end(running)
        self._damage(running, "told to stop")
        for other in others:
            other.thaw()
        self.copy.signal_driver(signal.SIGCONT)

    def _wait_for_end(self, running: Running) -> None:
        patience = time.monotonic() + _PATIENCE_S
        while time.monotonic() < patience and any(
            (one.trial, one.attempt) == (running.trial, running.attempt) for one in self.copy.running()
        ):
            time.sleep(0.02)

    def _damage(self, running: Running, ended: str) -> None:
        file = newest_file(running.folder.checkpoint)
        if file is None or (running.folder.path / "result.json").exists():
            self.note(running, f"{ended}, nothing to damage", counts=False)
            return
        when = saved(running)
        way = _WAYS[self.hits(running.trial) % len(_WAYS)]
        damage(file, way)
        self.note(running, f"{ended}, {file.name} {way}", saved=when, damaged=True)
