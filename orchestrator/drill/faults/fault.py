"""What all faults share: they watch the attempts of a copy and strike each trial at moments drawn before."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from orchestrator.drill.edges.checkpoint_files import newest_file
from orchestrator.drill.legs import Aim, Course, Strike, aims
from orchestrator.files.line_file import last_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from orchestrator.drill.small_copy import Copy, Running

_HEED_S = 30
"""So long a worker may take to pass a stop on."""


class Fault:
    """One kind of fault, on one copy of the study."""

    name: ClassVar[str]
    about: ClassVar[str]
    """What it rehearses, in one sentence."""
    strikes_per_trial: ClassVar[int] = 1
    cuts: ClassVar[bool] = True
    """Whether it ends attempts; one that does not must leave every trial with a single one."""

    def __init__(
        self, copy: Copy, courses: Mapping[str, Course], seed: int, tell: Callable[[str], None]
    ) -> None:
        self.copy = copy
        self.strikes: list[Strike] = []
        self.notes: list[str] = []
        """What a reader should know beside the table."""
        self.wrong: list[tuple[str, str]] = []
        """Trials, and what went wrong with them that a comparison would not show."""
        self._aims = {
            trial: aims(course, self.strikes_per_trial, f"{seed} {self.name} {trial}")
            for trial, course in courses.items()
        }
        self._courses = courses
        self._reached: dict[tuple[str, int, int], float] = {}
        self._tell = tell

    def meet(self, running: Running) -> None:
        """Look at an attempt under way, and strike it when its moment has come."""
        if self.is_due(running):
            self.strike(running)

    def strike(self, running: Running) -> None:
        """Do it, and note it down."""
        raise NotImplementedError

    def tick(self) -> None:
        """Do what has to be done between looks."""

    def rest(self, seconds: float) -> None:
        """Wait until the next look."""
        time.sleep(seconds)

    def revive(self) -> bool:
        """Say whether the driver, which has ended, was started again by this fault."""
        return False

    def close(self) -> None:
        """Leave nothing open."""

    def hits(self, trial: str) -> int:
        """Return how often a trial was struck."""
        return sum(strike.trial == trial for strike in self.strikes)

    def is_due(self, running: Running) -> bool:
        """Say whether the trial's next moment has come, in an attempt that was not struck yet."""
        number = self.hits(running.trial)
        moments = self._aims.get(running.trial, ())
        if number >= len(moments) or self.was_struck(running):
            return False
        return self._is_past(running, number, moments[number])

    def was_struck(self, running: Running) -> bool:
        """Say whether this very attempt was struck."""
        return (running.trial, running.attempt) in {(one.trial, one.attempt) for one in self.strikes}

    def is_under_way(self, running: Running) -> bool:
        """Say whether this very attempt goes on."""
        return (running.trial, running.attempt) in {(one.trial, one.attempt) for one in self.copy.running()}

    def _is_past(self, running: Running, number: int, aim: Aim) -> bool:
        now = time.time()
        if aim.step is None:
            return now - running.began >= aim.seconds
        key = (running.trial, running.attempt, number)
        if key not in self._reached:
            logged = last_line(running.folder.attempt(running.attempt) / "metrics.jsonl").get("step")
            if not isinstance(logged, int) or logged < aim.step:
                return False
            self._reached[key] = now
        return now - self._reached[key] >= aim.seconds

    def note(
        self,
        running: Running,
        how: str,
        *,
        saved: float | None = None,
        damaged: bool = False,
        counts: bool = True,
    ) -> None:
        """Write a strike down and tell of it."""
        self.strikes.append(
            Strike(
                trial=running.trial,
                attempt=running.attempt,
                time=time.time(),
                how=how,
                saved_at=saved,
                damaged=damaged,
                counts=counts,
            )
        )
        self._tell(f"{self.name}: {running.folder.path.name}, attempt {running.attempt}, {how}")

    def tell_to_stop(self, running: Running) -> None:
        """Send the stop signal; on this machine the trial is frozen until its worker has passed it on."""
        worker = self.copy.local_victim(running.job)
        if worker is None:
            self.copy.victim(running.job).stop()
            return
        worker.freeze_trial()
        worker.stop()
        passed_on = running.folder.attempt(running.attempt) / "stop.json"
        patience = time.monotonic() + _HEED_S
        while not passed_on.exists() and worker.is_alive() and time.monotonic() < patience:
            time.sleep(0.01)
        worker.thaw()

    def newest(self, running: Running, under_way: str = "") -> tuple[Path, float] | None:
        """Return the trial's newest finished checkpoint file, but not the one under way, and its time."""
        kept = self._courses.get(running.trial, Course()).kept
        return newest_file(running.folder.checkpoint, kept, under_way)

    def saved(self, running: Running, under_way: str = "") -> float | None:
        """Return when the trial's newest finished checkpoint file was written, but not the one under way."""
        newest = self.newest(running, under_way)
        return newest[1] if newest else None
