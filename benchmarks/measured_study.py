"""One study of one size: every command that a user types for it, measured."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.left_behind import left_behind
from benchmarks.measuring import Measured, measure, must
from benchmarks.scheduler_calls import CountedCalls
from benchmarks.studies import ROOT, environment, study_of, write_project

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.studies import Kind

GROUPS = ("plan", "submit", "status", "report", "replay", "operations")
"""What `--only` names."""
WORKERS = 2
_TICK_S = 0.5
_GOODBYE_S = 3
"""So long workers of a cluster may still write after the last result."""


class MeasuredStudy:
    """A study in a folder of its own, which is gone once it was measured."""

    def __init__(self, place: Path, kind: Kind, trials: int, cluster: str | None = None) -> None:
        self._place = place
        self._trials = trials
        self._cluster = cluster
        self._project = write_project(place, study_of(kind, trials, WORKERS))
        self._trained: tuple[float, Measured] | None = None
        self._environment = environment()
        self._calls = CountedCalls(place / "scheduler", os.environ["PATH"]) if cluster else None
        if self._calls:
            self._environment = self._calls.environment(self._environment)

    def numbers(self, groups: Sequence[str], say: Callable[[str], None]) -> dict[str, float]:
        """Return the numbers of some groups, by their words."""
        measured: dict[str, float] = {}
        for name, numbers in self._measures().items():
            if name in groups:
                began = time.monotonic()
                measured |= numbers()
                say(f"{self._place.name}: {name} took {time.monotonic() - began:.0f} s")
        if self._cluster:
            time.sleep(_GOODBYE_S)
        shutil.rmtree(self._place)
        return measured

    def _measures(self) -> dict[str, Callable[[], dict[str, float]]]:
        return {
            "plan": self._plan,
            "submit": self._submit,
            "status": self._status,
            "report": self._report,
            "replay": self._replay,
        }

    def _plan(self) -> dict[str, float]:
        return _both("plan", self._typed("plan"))

    def _submit(self) -> dict[str, float]:
        seconds, submitted = self._train()
        left = left_behind(self._project.runs)
        numbers = {
            "submit, s": seconds,
            "submit, MB": submitted.megabytes,
            "submit, ms per trial": 1000 * seconds / self._trials,
            "files left per trial": left.files / self._trials,
            "folders left per trial": left.folders / self._trials,
            "names in the largest folder": left.largest,
            "calls of the scheduler": 0,
        }
        if self._calls:
            counts = self._calls.counts()
            numbers["calls of the scheduler"] = counts.total()
            numbers |= {f"calls of {name}": count for name, count in sorted(counts.items())}
        return numbers

    def _status(self) -> dict[str, float]:
        self._train()
        return _both("status", self._typed("status")) | _both(
            "status --json", self._typed("status", "--json")
        )

    def _report(self) -> dict[str, float]:
        self._train()
        return _both("report", self._typed("report"))

    def _replay(self) -> dict[str, float]:
        self._train()
        replayed, client, again = (self._replayed(how) for how in ("sync", "client", "sync"))
        took, bare, rest = (json.loads(each.out) for each in (replayed, client, again))
        return {
            "replay, s": took["clock"],
            "replay, CPU s": took["cpu"],
            "replay, MB": replayed.megabytes,
            "MLflow's client, s": bare["clock"],
            "MLflow's client, CPU s": bare["cpu"],
            "replay : client, s": took["clock"] / bare["clock"],
            "replay : client, CPU s": took["cpu"] / bare["cpu"],
            "replay with nothing new, s": rest["clock"],
            "replay with nothing new, MB": again.megabytes,
        }

    def _train(self) -> tuple[float, Measured]:
        """Train all, once; return the seconds to the last result, and what `submit` took."""
        if self._trained is None:
            began = time.perf_counter()
            submitted = self._typed("submit", *(("--cluster", self._cluster) if self._cluster else ()))
            while self._cluster and self._project.results() < self._trials:
                time.sleep(_TICK_S)
            seconds = time.perf_counter() - began if self._cluster else submitted.seconds
            self._trained = seconds, submitted
        return self._trained

    def _typed(self, verb: str, *words: str) -> Measured:
        command = self._project.command(verb, *words)
        return must(measure(command, self._project.folder, self._environment))

    def _replayed(self, how: str) -> Measured:
        program = [sys.executable, str(ROOT / "benchmarks/replay_alone.py"), how]
        command = [*program, str(self._project.runs), self._project.study]
        return must(measure(command, self._project.folder, self._environment))


def _both(name: str, measured: Measured) -> dict[str, float]:
    return {f"{name}, s": measured.seconds, f"{name}, MB": measured.megabytes}
