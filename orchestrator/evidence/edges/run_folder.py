"""The run folder: every file has one writer, appears whole or not at all, and carries a format version.

trials/<id: 2 digits>/<task>-<id>/  trial.json  checkpoint/  artifacts/  result.json
                                    attempts/001/{claim.json heartbeat log.txt metrics.jsonl saves.jsonl
                                                  stop.json exit.json loss.json work/}
searches/<key>/                     0001.json ...  end-<its limits>.json
studies/<name>/                     study.json  given.yaml  jobs/  journal/  cancelled/  code/  report/

Run folders up to version 0.2 have trials/<task>-<id>/, and go on with what stands there.
"""

from __future__ import annotations

import json
import math
import os
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from orchestrator.evidence.evidence import Claim, Exit, Loss, Result, Stop
from orchestrator.files.line_file import last_line, logged, read_lines, whole
from orchestrator.files.record_file import damaged, publish, read_stored, write_beside
from orchestrator.files.strangers import make_folder
from orchestrator.places.wall_limit import Pace
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search_end import SearchEnd, end_name
from orchestrator.study.trial import FORMAT, Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from orchestrator.study.searches.search import Search

_FAN = 2
"""Digits of an id that name the folder in which its trial lies: no folder has too many names."""
_FEW = 8
"""So few trials are looked for one by one; for more of them the folder in which they lie is listed."""


class TrialFolder:
    """The files of one trial."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint"
        self.artifacts = path / "artifacts"
        self.attempts = path / "attempts"

    @property
    def id(self) -> str:
        """The trial's id."""
        return self.path.name.rpartition("-")[2]

    def needed(self, trial: str) -> TrialFolder:
        """Return the folder of a trial of the same run folder that this one needs.

        Raises FileNotFoundError where it is gone.
        """
        return self.each_needed([trial])[trial]

    def each_needed(self, trials: Sequence[str]) -> dict[str, TrialFolder]:
        """Return the folder of each of these trials, by its id; folders with many of them are listed once.

        Raises FileNotFoundError where one is gone.
        """
        around = self.path.parent
        top = around.parent if around.name == self.id[:_FAN] else around
        lists = {trials[0]} if len(trials) == 1 else {trial[:_FAN] for trial in trials}
        found = {folder.id: folder for one in sorted(lists) for folder in _trials_in(top, one)}
        if gone := [trial for trial in trials if trial not in found]:
            raise FileNotFoundError(
                f"the folder of the needed trial {gone[0]} is not beside {self.path}; if it was removed, "
                "type `submit` with the study's file, which trains it again, then `retry`"
            )
        return {trial: found[trial] for trial in trials}

    def describe(self, trial: Trial) -> None:
        """Write what the trial is, once."""
        file = self.path / "trial.json"
        if not file.exists():
            identity = trial.model_dump(mode="json", exclude={"stage", "axes", "missing", "shape"})
            write_beside(file, json.dumps({"format": FORMAT, **identity}, indent=1))

    def attempt(self, number: int) -> Path:
        """Return the folder of one attempt."""
        return self.attempts / f"{number:03d}"

    def newest(self) -> Path:
        """Return the folder of the newest attempt; the trial must have one."""
        return self.attempt(self.numbers()[-1])

    def numbers(self) -> list[int]:
        """Return the numbers of all attempts, in order."""
        try:
            names = os.listdir(self.attempts)  # noqa: PTH208 - hot
        except FileNotFoundError:
            return []
        except OSError as error:
            raise damaged(self.attempts, error.strerror or str(error)) from error
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def claim(self, number: int, claim: Claim) -> bool:
        """Take attempt `number`; say whether it was free. The folder is the claim and the fencing token."""
        folder = self.attempt(number)
        if number == 1:
            make_folder(self.path)
            make_folder(self.attempts)
        try:
            folder.mkdir()
        except FileExistsError:
            return False
        try:
            write_beside(folder / "claim.json", claim.model_dump_json())
        except OSError:  # a full disk: nobody needs to wait for a claimant that does not come
            folder.rmdir()
            raise
        return True

    def read_claim(self, number: int) -> Claim | None:
        """Return who took the attempt."""
        return read_stored(self.attempt(number) / "claim.json", Claim)

    def read_exit(self, number: int) -> Exit | None:
        """Return how the attempt ended, if it did."""
        return read_stored(self.attempt(number) / "exit.json", Exit)

    def read_stop(self, number: int) -> Stop | None:
        """Return why the attempt was told to stop, if it was."""
        return read_stored(self.attempt(number) / "stop.json", Stop)

    def told_all(self, number: int) -> Path:
        """Return the mark that all processes of an attempt were told to end: no result comes of it then."""
        return self.attempt(number) / "told-all"

    def read_loss(self, number: int) -> Loss | None:
        """Return what the scheduler said of an attempt that left no record of its end."""
        return read_stored(self.attempt(number) / "loss.json", Loss)

    def pace(self) -> Pace:
        """Return the longest save and step that the trial has shown in any attempt."""
        pace = Pace()
        for number in self.numbers():
            last = last_line(self.attempt(number) / "saves.jsonl")
            save, step = last.get("longest_save"), last.get("longest_step")
            if _is_duration(save) and _is_duration(step):
                pace = pace.and_(Pace(save=save, step=step))
        return pace

    def furthest(self, number: int, file: str) -> int | None:
        """Return the last step in an attempt's `saves.jsonl` or `metrics.jsonl`."""
        return whole(last_line(self.attempt(number) / file).get("step"))

    def read_result(self) -> Result | None:
        """Return the trial's result, if it has one."""
        file = self.path / "result.json"
        result = read_stored(file, Result)
        if result is not None and result.trial not in ("", self.id):
            raise damaged(file, f"it is the result of trial {result.trial}")
        return result

    def publish_result(self, result: Result) -> bool:
        """Publish the result; the first writer wins, a late one changes nothing."""
        return publish(self.path / "result.json", result.model_dump_json(indent=1))

    def set_checkpoint_aside(self, number: int) -> None:
        """Keep the checkpoint under another name, so that the attempt after `number` starts from nothing."""
        if self.checkpoint.exists():
            self.checkpoint.rename(self.checkpoint.with_name(f"checkpoint.until-{number:03d}"))

    def metrics(self) -> dict[int, dict[str, float]]:
        """Return step -> metrics over all attempts; a later attempt replaces what an earlier one logged."""
        steps: dict[int, dict[str, float]] = {}
        for number in self.numbers():
            for line in read_lines(self.attempt(number) / "metrics.jsonl"):
                if found := logged(line):
                    steps.setdefault(found[0], {}).update(found[1])
        return dict(sorted(steps.items()))


class RunFolder:
    """All trials, searches and studies below one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.trials = self.path / "trials"

    def trial(self, trial: Trial) -> TrialFolder:
        """Return the folder of a trial."""
        if trial.folder in self._flat:
            return TrialFolder(self.trials / trial.folder)
        return TrialFolder(self.trials / trial.id[:_FAN] / trial.folder)

    @cached_property
    def _flat(self) -> frozenset[str]:
        """The trials that lie as they did up to version 0.2."""
        return frozenset(name for name in _names(self.trials) if _is_trial(name))

    def there(self, trials: Collection[Trial]) -> set[str]:
        """Return the ids of those of these trials that have a folder, found with few questions."""
        together: dict[str, list[Trial]] = {}
        found = set[str]()
        for trial in trials:
            if trial.folder in self._flat:
                found.add(trial.id)
            else:
                together.setdefault(trial.id[:_FAN], []).append(trial)
        for fan, group in together.items():
            if len(group) > _FEW:
                names = set(_names(self.trials / fan))
                found.update(trial.id for trial in group if trial.folder in names)
            else:
                found.update(trial.id for trial in group if self.trial(trial).path.exists())
        return found

    def find(self, beginning: str = "") -> list[TrialFolder]:
        """Return the folders of the trials with ids that begin so; of all of them without a beginning."""
        return _trials_in(self.trials, beginning)

    def study(self, name: str) -> Path:
        """Return the folder of a study."""
        return self.path / "studies" / name

    def cancelled(self, study: str) -> frozenset[str]:
        """Return the trials and searches that are cancelled in a study."""
        return frozenset(_names(self.study(study) / "cancelled"))

    def asked(self, key: str, known: Sequence[Asked] = ()) -> tuple[Asked, ...]:
        """Return the answers of a search so far, without gaps; those that are `known` are not read again."""
        answers = list(known)
        while answer := read_stored(self.ask_file(key, len(answers) + 1), Asked):
            answers += answer.each()
        return tuple(answers)

    def ask_file(self, key: str, number: int) -> Path:
        """Return the file of one answer."""
        return self.path / "searches" / key / f"{number:04d}.json"

    def end(self, key: str, search: Search) -> SearchEnd | None:
        """Return that a search with these limits asks no more, where somebody has seen so."""
        return read_stored(self.end_file(key, search), SearchEnd)

    def end_file(self, key: str, search: Search) -> Path:
        """Return the file that says so."""
        return self.path / "searches" / key / f"{end_name(search)}.json"

    def publish_end(self, key: str, search: Search, end: SearchEnd) -> bool:
        """Write that a search asks no more; the first writer wins."""
        return publish(self.end_file(key, search), end.model_dump_json())

    def publish_answer(self, key: str, asked: Asked) -> bool:
        """Write an answer of a search; the first writer of a number wins."""
        return publish(self.ask_file(key, asked.number), asked.model_dump_json())


def _trials_in(trials: Path, beginning: str) -> list[TrialFolder]:
    """Return the folders of trials with ids that begin so, however they lie."""
    top = sorted(_names(trials))
    fans = [trials / fan for fan in top if not _is_trial(fan) and fan.startswith(beginning[:_FAN])]
    lies = [trials / name for name in top] + [fan / name for fan in fans for name in sorted(_names(fan))]
    found = [TrialFolder(path) for path in lies if _is_trial(path.name)]
    return [folder for folder in found if folder.id.startswith(beginning)]


def _is_trial(name: str) -> bool:
    return "-" in name


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - hot
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_duration(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and 0 <= value < math.inf
