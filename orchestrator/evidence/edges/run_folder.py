"""The run folder: every file has one writer, appears whole or not at all, and carries a format version.

trials/<task>-<id>/  trial.json  attempts/001/{claim.json heartbeat log.txt metrics.jsonl saves.jsonl
                                                stop.json exit.json loss.json work/}
                     checkpoint/  artifacts/  result.json
searches/<key>/      0001.json ...
studies/<name>/      study.json  given.yaml  jobs/  cancelled/  code/  report/
"""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING, TypeGuard

from orchestrator.evidence.evidence import Claim, Exit, Loss, Result, Stop
from orchestrator.files.line_file import last_line, logged, read_lines, whole
from orchestrator.files.record_file import damaged, publish, read_stored, write_beside
from orchestrator.places.wall_limit import Pace
from orchestrator.study.plan import Asked
from orchestrator.study.trial import FORMAT, Trial

if TYPE_CHECKING:
    from pathlib import Path


class TrialFolder:
    """The files of one trial."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoint = path / "checkpoint"
        self.artifacts = path / "artifacts"
        self.attempts = path / "attempts"

    def describe(self, trial: Trial) -> None:
        """Write what the trial is, once."""
        file = self.path / "trial.json"
        if not file.exists():
            identity = trial.model_dump(mode="json", exclude={"stage", "axes", "missing"})
            publish(file, json.dumps({"format": FORMAT, **identity}, indent=1))

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
        self.attempts.mkdir(parents=True, exist_ok=True)
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
        if result is not None and result.trial and not self.path.name.endswith(f"-{result.trial}"):
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

    def trial(self, trial: Trial) -> TrialFolder:
        """Return the folder of a trial."""
        return TrialFolder(self.path / "trials" / trial.folder)

    def study(self, name: str) -> Path:
        """Return the folder of a study."""
        return self.path / "studies" / name

    def asked(self, key: str) -> tuple[Asked, ...]:
        """Return the answers of a search so far, without gaps."""
        answers: list[Asked] = []
        while answer := read_stored(self.ask_file(key, len(answers) + 1), Asked):
            answers.append(answer)
        return tuple(answers)

    def ask_file(self, key: str, number: int) -> Path:
        """Return the file of one answer."""
        return self.path / "searches" / key / f"{number:04d}.json"

    def publish_answer(self, key: str, asked: Asked) -> bool:
        """Write an answer of a search; the first writer of a number wins."""
        return publish(self.ask_file(key, asked.number), asked.model_dump_json())


def _is_duration(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and 0 <= value < math.inf
