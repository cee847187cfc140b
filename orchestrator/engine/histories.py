"""How trials went, read from their folders for pruners: what has ended is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.told import History
from orchestrator.evidence.edges.decisions import PRUNING
from orchestrator.files.line_file import logged, new_objects

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.study.trial import Trial


class _Attempt:
    """What was logged of a metric in one attempt, and what its pruner noted, read on from where it was."""

    def __init__(self, path: Path, metric: str) -> None:
        self._path, self._metric = path, metric
        self._logged = self._decided = 0
        self.curve: dict[int, float] = {}
        self.noted: dict[str, float] = {}

    def read_on(self) -> None:
        """Take in what is new."""
        lines, self._logged = new_objects(self._path / "metrics.jsonl", self._logged)
        for line in lines:
            found = logged(line)
            if found and self._metric in found[1]:
                self.curve.setdefault(found[0], found[1][self._metric])
        decisions, self._decided = new_objects(self._path / PRUNING, self._decided)
        for decision in decisions:
            noted = decision.get("attributes")
            if isinstance(noted, dict):
                self.noted |= {name: value for name, value in noted.items() if isinstance(value, float | int)}


class _Reader:
    """How one trial went, over all of its attempts."""

    def __init__(self, folder: TrialFolder, metric: str) -> None:
        self._folder, self._metric = folder, metric
        self._attempts: dict[int, _Attempt] = {}
        self.ended: Hashable = None
        """What was seen of a trial that had ended when it was read last; None where it had not."""
        self.history = History()

    def read_on(self) -> None:
        """Take in what is new."""
        for number in self._folder.numbers():
            if number not in self._attempts:
                self._attempts[number] = _Attempt(self._folder.attempt(number), self._metric)
            self._attempts[number].read_on()
        curve: dict[int, float] = {}
        noted: dict[str, float] = {}
        for _, attempt in sorted(self._attempts.items()):
            noted |= attempt.noted
            curve |= {step: value for step, value in attempt.curve.items() if step not in curve}
        self.history = History(curve=curve, noted=noted)


class Histories:
    """How trials went of which a metric is looked at."""

    def __init__(self, runs: RunFolder) -> None:
        self._runs = runs
        self._readers: dict[tuple[str, str], _Reader] = {}

    def of(self, trials: Iterable[Trial], metric: str, seen: Seen) -> dict[str, History]:
        """Return how each of some trials went, by its id."""
        return {trial.id: self._history(trial, metric, seen) for trial in trials}

    def _history(self, trial: Trial, metric: str, seen: Seen) -> History:
        """Read on, unless the trial had ended when that was done last and nobody took it up since."""
        reader = self._readers.get((trial.id, metric))
        if reader is None:
            reader = self._readers[trial.id, metric] = _Reader(self._runs.trial(trial), metric)
        state, attempts = seen.states[trial.id], seen.evidence[trial.id].attempts
        ended = (state, len(attempts)) if state.ended else None
        if (ended is None and attempts) or ended != reader.ended:
            reader.read_on()
        reader.ended = ended
        return reader.history
