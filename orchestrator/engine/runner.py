"""One attempt of one trial: call the task, keep what it gives, say how it ended.

`python -m orchestrator.engine.runner TRIAL_FOLDER ATTEMPT DATA CODE ROOM` does it in a fresh interpreter;
of a trial that may be pruned there follow the descriptor of its line to the worker and the metric looked at.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
import time
import traceback
from contextlib import chdir, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.engine.context import Context
from orchestrator.engine.edges.pruner_line import asking_end
from orchestrator.engine.edges.work_folder import work_folder
from orchestrator.evidence.edges.provenance import provenance
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Exit, Failure, Result
from orchestrator.evidence.failure_class import FILE_SYSTEM, classify
from orchestrator.files.file_system import file_system_of
from orchestrator.files.plain_file import plain_text
from orchestrator.files.record_file import leave_record
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import CommandError
from orchestrator.messages.problems import shortened
from orchestrator.study.command import TASK as COMMAND
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.parameters import handed
from orchestrator.study.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.edges.pruner_line import AskingEnd
    from orchestrator.study.edges.task_source import Task

_LONGEST = 20_000
"""Characters of a message and of a traceback in a record; the log has all of them."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGUSR2, signal.SIGINT)
WORK = "work"
"""The folder of an attempt that its task runs in."""


def run_attempt(
    folder: TrialFolder,
    number: int,
    data: Path,
    code: Path,
    *,
    room: Path | None = None,
    task: Task | None = None,
    pruner: AskingEnd | None = None,
) -> Exit:
    """Call the task of a trial, as the snapshot `code` has it, and publish its result or the way it ended.

    On a full disk the latter takes the `room` that was kept for it. A task that was not imported yet is
    looked for; stop signals belong to it from then on. What the `pruner` ends is pruned, whoever else wanted
    it to stop.
    """
    began = time.time()
    attempt = folder.attempt(number)
    outcome: Literal["done", "failed", "interrupted", "pruned"] = "done"
    failure: Failure | None = None
    try:
        result, module = _call(folder, number, data, code, task, pruner=pruner)
        folder.publish_result(
            Result(
                metrics=result,
                trial=folder.id,
                attempt=number,
                time=time.time(),
                seconds=time.time() - began,
                code=code.name,
                provenance=provenance(module),
            )
        )
    except InterruptedError as stop:
        outcome = _stopped(pruner)
        print(f"{outcome}: {stop}", file=sys.stderr)  # noqa: T201 - the trial's own log
    except BaseException as error:
        if folder.told_all(number).exists():  # its own processes were ended under it
            outcome = _stopped(pruner)
            traceback.print_exc()
        else:
            failure = _failure(error, (folder.path, data), attempt / "log.txt")
            outcome = "failed"
    ended = Exit(outcome=outcome, time=time.time(), seconds=time.time() - began, failure=failure)
    leave_record(attempt / "exit.json", ended.model_dump_json(indent=1), room)
    return ended


def _stopped(pruner: AskingEnd | None) -> Literal["interrupted", "pruned"]:
    return "pruned" if pruner is not None and pruner.pruned else "interrupted"


def _call(
    folder: TrialFolder, number: int, data: Path, code: Path, task: Task | None, *, pruner: AskingEnd | None
) -> tuple[dict[str, float], str]:
    """Return the metrics that a trial's task gives, and the module that it is in."""
    trial = Trial.model_validate(
        {"stage": "", "axes": {}, **json.loads(plain_text(folder.path / "trial.json"))}
    )
    if "data" in trial.needs:
        data = folder.needed(trial.needs["data"]).artifacts
    attempt = folder.attempt(number)
    context = Context(folder, attempt, trial, data, code, pruner=pruner)
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, context.stop)
    if task is None:
        with chdir(code):
            task = find_task(trial.task)
    with work_folder(attempt / WORK, code):
        given = task.run(handed(task, trial.params), context)
    if context.told_to_stop or folder.told_all(number).exists():
        raise InterruptedError("the task returned after it was told to stop")
    return _metrics(given, may_be_none=trial.task == COMMAND), task.module


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


def main() -> None:
    """Run one attempt in this interpreter."""
    bar_strangers()
    folder, number, data, code, room, *line = sys.argv[1:]
    pruner = asking_end(int(line[0]), line[1]) if line else None
    sys.path.insert(0, code)
    run_attempt(
        TrialFolder(Path(folder)), int(number), Path(data), Path(code), room=Path(room), pruner=pruner
    )


if __name__ == "__main__":
    main()
