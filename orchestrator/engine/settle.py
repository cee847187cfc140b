"""How an attempt's end is written down: a result, and a record of how it ended."""

from __future__ import annotations

import math
import os
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.evidence.edges.provenance import provenance
from orchestrator.evidence.evidence import Exit, Failure, Result
from orchestrator.evidence.failure_class import FILE_SYSTEM, classify
from orchestrator.files.file_system import file_system_of
from orchestrator.files.record_file import leave_record
from orchestrator.messages.errors import CommandError
from orchestrator.messages.problems import shortened
from orchestrator.study.command import TASK as COMMAND

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.engine.edges.pruner_line import AskingEnd
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.edges.task_source import Task

_LONGEST = 20_000
"""Characters of a message and of a traceback in a record; the log has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An attempt as the program that runs it has it."""

    folder: TrialFolder
    number: int
    pruner: AskingEnd | None = None
    """What it ends is pruned, whoever else wanted it to stop."""

    @property
    def attempt(self) -> Path:
        """The folder of the attempt."""
        return self.folder.attempt(self.number)

    @property
    def told_all(self) -> bool:
        """Whether the trial's own processes were ended under it."""
        return self.folder.told_all(self.number).exists()

    @property
    def stopped(self) -> Literal["interrupted", "pruned"]:
        """How it has ended where it has stopped."""
        return "pruned" if self.pruner is not None and self.pruner.pruned else "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a runner is given besides its attempts."""

    data: Path
    code: Path
    """The snapshot of the project."""
    room: Path | None = None
    """The file that keeps room for records on a full disk."""


def settle(part: Part, give: Callable[[], tuple[Any, Task]], began: float, world: World) -> Exit:
    """Publish what a task gives, or the way it ended, and return the record of that.

    On a full disk the latter takes the room that was kept for it.
    """
    outcome: Literal["done", "failed", "interrupted", "pruned"] = "done"
    failure: Failure | None = None
    try:
        given, task = give()
        result = Result(
            metrics=_metrics(given, may_be_none=task.name == COMMAND),
            trial=part.folder.id,
            attempt=part.number,
            time=time.time(),
            seconds=time.time() - began,
            code=world.code.name,
            provenance=provenance(task.module),
        )
        part.folder.publish_result(result)
    except InterruptedError as stop:
        outcome = part.stopped
        print(f"{outcome}: {stop}", file=sys.stderr)  # noqa: T201 - the trial's own log
    except BaseException as error:
        if part.told_all:
            outcome = part.stopped
            traceback.print_exc()
        else:
            failure = _failure(error, (part.folder.path, world.data), part.attempt / "log.txt")
            outcome = "failed"
    ended = Exit(outcome=outcome, time=time.time(), seconds=time.time() - began, failure=failure)
    leave_record(part.attempt / "exit.json", ended.model_dump_json(indent=1), world.room)
    return ended


def _metrics(given: Any, *, may_be_none: bool) -> dict[str, float]:
    if not isinstance(given, dict) or not (given or may_be_none):
        raise TypeError(f"a task returns a dict of metric names and numbers, not `{given!r}`")
    wrong = {name: value for name, value in given.items() if not _is_name(name) or not _is_number(value)}
    if wrong:
        raise TypeError(f"a task returns numbers, but these are none: {wrong!r}")
    metrics = {name: float(value) for name, value in given.items()}
    if metrics and all(math.isnan(value) for value in metrics.values()):
        raise FloatingPointError(f"NaN loss: every metric is NaN ({', '.join(metrics)})")
    return metrics


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and _writable(name) == name


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return not isinstance(value, str)


def _failure(error: BaseException, folders: Sequence[Path], log: Path) -> Failure:
    text, message = _writable("".join(traceback.format_exception(error))), f"{type(error).__name__}: {error}"
    if isinstance(error, CommandError):  # how we came to run it explains nothing
        text, message = _writable(error.printed), str(error)
    else:
        with suppress(OSError):  # the log may lie on a full disk
            sys.stderr.write(text)
            sys.stderr.flush()
    kind = classify(text).kind
    if kind == FILE_SYSTEM:
        message += f" ({'; '.join(map(_lies_on, _named_files(error) or folders))})"
    message = shortened(_writable(message), _LONGEST, str(log))
    return Failure(kind=kind, message=message, traceback=shortened(text, _LONGEST, str(log)))


def _named_files(error: BaseException | None) -> list[Path]:
    """Return the files that an error, or one that it came from, names."""
    found = []
    while error is not None:
        if isinstance(error, OSError) and isinstance(error.filename, str | bytes):
            found.append(Path(os.fsdecode(error.filename)))
        error = error.__cause__ or error.__context__
    return found


def _lies_on(path: Path) -> str:
    try:
        kind, mount = file_system_of(path)
    except Exception:  # the library that is asked may lie on that file system too
        return str(path)
    return f"{path}: file system {kind}, mounted at {mount}"


def _writable(text: str) -> str:
    """Return the text as UTF-8 can say it: names of files may hold any bytes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
