"""The newest checkpoint file is damaged while nobody is at the trial."""

from __future__ import annotations

import signal
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.drill.edges.checkpoint_files import damage
from orchestrator.drill.faults.fault import Fault
from orchestrator.drill.legs import KILLED

if TYPE_CHECKING:
    from orchestrator.drill.edges.checkpoint_files import Damage
    from orchestrator.drill.legs import Strike
    from orchestrator.drill.small_copy import Running

_PATIENCE_S = 120
_WAYS: tuple[Damage, ...] = ("truncated", "bit flipped")


class Corrupt(Fault):
    """Ends an attempt and damages the finished checkpoint file that was written last."""

    name = "corrupt"
    about = "the newest checkpoint file is damaged: the trial must go on from the one before, or start again"
    strikes_per_trial = 2

    def strike(self, running: Running) -> None:
        """Kill the worker, or have it stop and save where it has saved nothing yet; then do the damage."""
        if self.saved(running) is None and self.copy.here:
            self._stop_alone(running)
            return
        worker = self.copy.victim(running.job)
        worker.freeze()
        here = self.copy.local_victim(running.job)
        under_way = here.writing(running.folder.checkpoint) if here else None
        self._damage(running, KILLED, under_way.name if under_way else "")
        worker.kill()

    def close(self) -> None:
        """Count only the damage that was noticed, and say of how many trials nothing could be damaged."""
        noticed = [self._noticed(strike) if strike.damaged else None for strike in self.strikes]
        if silent := [one for one, known in zip(self.strikes, noticed, strict=True) if known is False]:
            name = self.copy.trial_folder(silent[0].trial).path.name
            self.notes.append(
                f"{len(silent)} damaged checkpoints were passed over without a word in the log, as by {name}"
                ": they count for nothing, as nobody knows whether they were read"
            )
        spared = {strike.trial for strike in self.strikes if not strike.damaged}
        if spared := spared - {strike.trial for strike in self.strikes if strike.damaged}:
            self.notes.append(f"{len(spared)} trials had saved nothing that could be damaged")
        self.strikes = [
            replace(one, counts=known is True) for one, known in zip(self.strikes, noticed, strict=True)
        ]

    def _noticed(self, strike: Strike) -> bool | None:
        """Say whether the attempt after the damage failed, or has a word about it; None if it was cut off."""
        folder, following = self.copy.trial_folder(strike.trial), strike.attempt + 1
        ended, log = folder.read_exit(following), folder.attempt(following) / "log.txt"
        if ended is not None and ended.failure is not None:
            return True
        if log.exists() and "checkpoint" in log.read_text(encoding="utf-8", errors="replace").lower():
            return True
        return None if ended is None else False

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
        while time.monotonic() < patience and self.is_under_way(running):
            time.sleep(0.02)

    def _damage(self, running: Running, ended: str, under_way: str = "") -> None:
        newest = self.newest(running, under_way)
        if newest is None or (running.folder.path / "result.json").exists():
            self.note(running, f"{ended}, nothing to damage", counts=False)
            return
        file, when = newest
        way = _WAYS[self.hits(running.trial) % len(_WAYS)]
        damage(file, way)
        self.note(running, f"{ended}, {file.name} {way}", saved=when, damaged=True)
