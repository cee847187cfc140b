"""kill -9 of a worker and its trial, once in the middle of writing a checkpoint."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.drill.edges.checkpoint_files import glimpse, longest
from orchestrator.drill.faults.fault import Fault
from orchestrator.drill.legs import KILLED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from orchestrator.drill.edges.victim import LocalVictim
    from orchestrator.drill.legs import Course
    from orchestrator.drill.small_copy import Copy, Running

_MOST_MISSES = 3
_BLINK_S = 0.0005
"""Between two glimpses of a checkpoint folder: small files are written in a millisecond."""
_WHOLE = 0.9
"""Of the longest file seen so far: one that is open and so long may be whole, and only waits for the disk."""
_MOST_WHOLE = 3
"""So often a file that may be whole is let go; then the trial is killed at it all the same."""
IN_THE_MIDDLE = "in the middle of writing"
"""Of a checkpoint: how such a strike is told."""


@dataclass(slots=True)
class Ambush:
    """A trial in the middle of whose next checkpoint its worker is to be killed."""

    running: Running
    worker: LocalVictim
    seen: frozenset[tuple[str, int, int]]
    """What the checkpoint folder held at the last glimpse."""
    let_go: int = 0
    """How often it was caught at a file that may have been whole."""
    longest: int = field(init=False)
    """Bytes of the longest file that was seen there."""

    def __post_init__(self) -> None:
        self.longest = longest(self.seen)

    def something_moves(self) -> bool:
        """Say whether the folder has changed since the last glimpse."""
        before, self.seen = self.seen, glimpse(self.running.folder.checkpoint)
        self.longest = max(self.longest, longest(self.seen))
        return self.seen != before

    def may_be_whole(self, file: Path) -> bool:
        """Say whether as much was written of a file as of the longest one that was seen before."""
        try:
            return 0 < self.longest * _WHOLE <= file.stat().st_size
        except FileNotFoundError:  # renamed at this very moment
            return True


class Kill(Fault):
    """Kills the worker of each trial: at a drawn moment, then while a checkpoint file is open for writing."""

    name = "kill"
    about = "a worker is killed without warning, once in the middle of writing a checkpoint"
    strikes_per_trial = 2

    def __init__(
        self, copy: Copy, courses: Mapping[str, Course], seed: int, tell: Callable[[str], None]
    ) -> None:
        super().__init__(copy, courses, seed, tell)
        self.lying_in_wait: dict[str, Ambush] = {}
        self._misses: Counter[str] = Counter()

    def hits(self, trial: str) -> int:
        """Return how often a trial was killed; a stop that only made it save is none."""
        return sum(strike.trial == trial and strike.how.startswith(KILLED) for strike in self.strikes)

    def meet(self, running: Running) -> None:
        """Kill at the first moment; from the second on, wait for a file under way."""
        ambush = self.lying_in_wait.get(running.trial)
        if ambush and ambush.running.attempt != running.attempt:
            self._missed(ambush.running)
        if running.trial not in self.lying_in_wait and self.is_due(running):
            self.strike(running)

    def strike(self, running: Running) -> None:
        """Kill the worker, or lie in wait for its next checkpoint."""
        in_wait = self.hits(running.trial) > 0 and self._misses[running.trial] < _MOST_MISSES
        if in_wait and (here := self.copy.local_victim(running.job)):
            self._lie_in_wait(running, here)
            return
        worker = self.copy.victim(running.job)
        worker.freeze()
        before = self.saved(running)
        worker.kill()
        self.note(running, KILLED, saved=before)

    def rest(self, seconds: float) -> None:
        """Wait, but be there at once when a checkpoint file is written to."""
        end = time.monotonic() + seconds
        while self.lying_in_wait and time.monotonic() < end:
            for ambush in [one for one in self.lying_in_wait.values() if one.something_moves()]:
                self._catch(ambush)
            time.sleep(_BLINK_S)
        time.sleep(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        """Say whether the middle of a checkpoint was hit."""
        hit = {strike.trial for strike in self.strikes if IN_THE_MIDDLE in strike.how}
        if hit:
            self.notes.append(f"{_trials(hit)} killed {IN_THE_MIDDLE} a checkpoint")
        if missed := (self._misses.keys() | self.lying_in_wait.keys()) - hit:
            self.notes.append(
                f"{_trials(missed)} wrote no checkpoint file, or too fast to be killed in the middle of it"
            )

    def _lie_in_wait(self, running: Running, worker: LocalVictim) -> None:
        """Watch for the next checkpoint; a trial that has not saved by itself is told to stop, to save."""
        self.lying_in_wait[running.trial] = Ambush(running, worker, glimpse(running.folder.checkpoint))
        before = self.saved(running)
        if before is None or before < running.began:
            self.tell_to_stop(running)

    def _catch(self, ambush: Ambush) -> None:
        """Freeze the trial, and kill it if it really has a checkpoint file open for writing."""
        running, worker = ambush.running, ambush.worker
        worker.freeze()
        file = worker.writing(running.folder.checkpoint)
        if file is None:
            worker.thaw()
            return
        if ambush.may_be_whole(file) and ambush.let_go < _MOST_WHOLE:
            ambush.let_go += 1
            worker.thaw()
            return
        before = self.saved(running, under_way=file.name)
        worker.kill()
        self.note(running, f"{KILLED} {IN_THE_MIDDLE} {file.name}", saved=before)
        del self.lying_in_wait[running.trial]

    def _missed(self, running: Running) -> None:
        self._misses[running.trial] += 1
        del self.lying_in_wait[running.trial]
        self.note(
            running,
            "told to stop, to kill it while it saves: it was too fast",
            saved=self.saved(running),
            counts=False,
        )


def _trials(trials: set[str]) -> str:
    return f"{len(trials)} trial{'s' * (len(trials) > 1)}"
