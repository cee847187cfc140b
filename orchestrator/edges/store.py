"""The run folder: every file has one writer, appears whole or not at all, and carries a format version.

trials/<task>-<id>/  trial.json  attempts/001/{claim.json heartbeat log.txt metrics.jsonl saves.jsonl
                                                stop.json exit.json loss.json}
                     checkpoint/  artifacts/  result.json
searches/<key>/      0001.json ...
studies/<name>/      study.json  given.yaml  jobs/  cancelled/  code/  report/
"""

from __future__ import annotations

import json
import math
import os
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.core.evidence import Claim, Exit, Loss, Result, Stop
from orchestrator.core.pace import Pace
from orchestrator.core.plan import Asked
from orchestrator.core.problems import dotted
from orchestrator.core.trial import FORMAT, Trial
from orchestrator.core.wording import faults
from orchestrator.edges.plain_file import UnreadableError, plain_bytes, plain_text
from orchestrator.errors import InternalEvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

M = TypeVar("M", bound=BaseModel)
_TAIL_BYTES = 8192
_LARGEST_LINES = 1024**3
_TOO_LARGE = 2**63
_ROOM_BYTES = 65536


def write_beside(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    _written_beside(path, text).replace(path)


def publish(path: Path, text: str) -> bool:
    """Write a file unless it is there already; say whether this writer was the first."""
    beside = _written_beside(path, text)
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    else:
        return True
    finally:
        beside.unlink()


def _written_beside(path: Path, text: str) -> Path:
    """Write a hidden neighbour that is safe on disk, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return beside


def append_line(path: Path, values: Mapping[str, Any]) -> None:
    """Append an object to a file of lines, in one write."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(values) + "\n")


def reserve_room(path: Path) -> None:
    """Keep room on the disk for a record that must be written even when the disk is full by then."""
    with _room(path).open("wb") as file:
        file.write(os.urandom(_ROOM_BYTES))  # zeros might be compressed to nothing
        file.flush()
        os.fsync(file.fileno())


def leave_record(path: Path, text: str) -> bool:
    """Publish a record, in the room that was kept for it; say whether this writer was the first.

    Raises OSError when the disk is too full even so.
    """
    _room(path).unlink(missing_ok=True)
    return publish(path, text)


def _room(path: Path) -> Path:
    return path.with_name(f".room-for-{path.name}")


def read_stored(path: Path, model: type[M]) -> M | None:
    """Return the file's value, or None when it is not there.

    Raises InternalEvidenceError when it holds something else: files appear whole, so it was damaged later.
    """
    try:
        text = plain_text(path)
        return model.model_validate_json(text)
    except FileNotFoundError:
        return None
    except UnreadableError as error:
        raise damaged(path, str(error)) from error
    except ValidationError as error:
        raise damaged(path, _described(error, text, model)) from error


def damaged(path: Path, how: str) -> InternalEvidenceError:
    """Return the error for a file of the run folder that cannot be used."""
    return InternalEvidenceError(
        f"{path} is damaged: {how}",
        hint="put back a good copy of the file, or move it away: then it counts as never written",
    )


def _described(error: ValidationError, text: str, model: type[BaseModel]) -> str:
    """Return in plain words what is wrong with a JSON text."""
    first = error.errors(include_url=False)[0]
    if first["type"] == "json_invalid":
        return "it is empty" if not text.strip() else f"it is no whole JSON ({first['ctx']['error']})"
    given = json.loads(text)
    if not isinstance(given, dict):
        return "it does not hold a mapping"
    found = faults(error.errors(include_url=False), given, model)
    return "; ".join(f"{dotted(fault.keys)}: {fault.message}".removeprefix(": ") for fault in found[:3])


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of an append-only file; a torn or foreign line is passed over."""
    for line in _bytes(path).decode(errors="replace").splitlines():
        if value := _parsed(line):
            yield value


def last_line(path: Path) -> dict[str, Any]:
    """Return the last whole object of an append-only file, reading only its end; empty when there is none."""
    lines = _bytes(path, _TAIL_BYTES).decode(errors="replace").splitlines()
    return next((value for line in reversed(lines) if (value := _parsed(line))), {})


def _bytes(path: Path, tail: int | None = None) -> bytes:
    """Return what a file of lines holds: nothing when it cannot be read, for no state rests on it alone."""
    try:
        return plain_bytes(path, _LARGEST_LINES, tail=tail)
    except (FileNotFoundError, UnreadableError):
        return b""


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # a number of 5000 digits, a thousand brackets
        return None
    return value if isinstance(value, dict) else None


def logged(line: Mapping[str, Any]) -> tuple[int, dict[str, float]] | None:
    """Return the step and the metrics of a line of `metrics.jsonl`; None when it has none."""
    step, metrics = whole(line.get("step")), line.get("metrics")
    if step is None or not isinstance(metrics, dict):
        return None
    return step, {name: float(value) for name, value in metrics.items() if _is_number(value)}


def whole(value: object) -> int | None:
    """Return a whole number of at most 64 bits; None for anything else."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE
    return value if fits and isinstance(value, int) else None


def _is_number(value: object) -> bool:
    return isinstance(value, float) or whole(value) is not None


def _is_duration(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and 0 <= value < math.inf


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
        self.path = path

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


def as_json(values: Mapping[str, Any]) -> str:
    """Return readable JSON."""
    return json.dumps(values, indent=1)
