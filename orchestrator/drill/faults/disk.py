"""The disk of the run folder becomes full in the middle of a trial, and gets room again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.drill.edges.small_disk import fill_disk
from orchestrator.drill.faults.fault import Fault
from orchestrator.engine.cancel import forgive_trials
from orchestrator.evidence.failure_class import classify

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.drill.small_copy import Running

_FULL_S = 60
"""So long at most the disk stays full; a trial that writes nothing meanwhile does not notice."""
_MOST_REVIVALS = 3
"""So often somebody tries again before the next trial is struck."""
_KIND = classify("No space left on device").kind


class Disk(Fault):
    """Fills the small disk that the copy lies on; once the trial has failed, makes room and tries again."""

    name = "disk"
    about = "the disk becomes full: the trial fails as such, nothing is torn, and `retry` goes on"

    _full: tuple[Running, float] | None = None
    """The attempt that met a full disk, and since when it is full."""
    _revivals: int = 0
    """How often somebody has tried again since the last strike."""

    def meet(self, running: Running) -> None:
        """Strike while there is room; one trial at a time."""
        if self._full is None and self.is_due(running):
            self.strike(running)

    def strike(self, running: Running) -> None:
        """Fill the disk while the trial stands still."""
        worker = self.copy.victim(running.job)
        worker.freeze()
        fill_disk(self._ballast())
        self._full, self._revivals = (running, time.monotonic()), 0
        self.note(running, "the disk became full", saved=self.saved(running))
        worker.thaw()

    def tick(self) -> None:
        """Make room once the trial has noticed; until then take what it gives back, as others would."""
        if self._full is None:
            return
        running, since = self._full
        if not self.is_under_way(running) or time.monotonic() - since > _FULL_S:
            self._make_room()
        else:
            fill_disk(self._ballast())

    def revive(self) -> bool:
        """Type `retry` and `submit` again, as a person does who has made room."""
        self._make_room()
        if self.copy.is_done() or self._revivals == _MOST_REVIVALS:
            return False
        self._revivals += 1
        forgive_trials(self.copy.runs, self.copy.submission, ())
        self.copy.submission = self.copy.submit()
        self.copy.drive()
        return True

    def close(self) -> None:
        """Say which trials did not fail as they should."""
        for strike in self.strikes:
            ended = self.copy.trial_folder(strike.trial).read_exit(strike.attempt)
            kind = ended.failure.kind if ended and ended.failure else None
            if kind is not None and kind != _KIND:
                self.wrong.append((strike.trial, f"failed as `{kind}` on a full disk, not as `{_KIND}`"))

    def _make_room(self) -> None:
        self._ballast().unlink(missing_ok=True)
        self._full = None

    def _ballast(self) -> Path:
        return self.copy.runs.path / "ballast"
