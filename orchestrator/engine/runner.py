"""The program of an attempt, or of several that are trained in lockstep: it calls the task.

`python -m orchestrator.engine.runner ATTEMPTS DATA CODE ROOM` does it in a fresh interpreter; ATTEMPTS is a
JSON list of mappings: `folder` and `number`, and of a trial that may be pruned the descriptor of its `line`
to the worker and the `metric` looked at.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.engine.context import Context
from orchestrator.engine.edges.pruner_line import asking_end
from orchestrator.engine.edges.work_folder import work_folder
from orchestrator.engine.settle import Part, World, settle
from orchestrator.evidence.edges.provenance import LOCKSTEP
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.files.plain_file import plain_text
from orchestrator.files.strangers import bar_strangers
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.lockstep import PARTNER
from orchestrator.study.parameters import handed
from orchestrator.study.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from orchestrator.evidence.evidence import Exit
    from orchestrator.study.edges.task_lockstep import Lockstep
    from orchestrator.study.edges.task_source import Task

STOP_SIGNALS = (signal.SIGTERM, signal.SIGUSR2, signal.SIGINT)
WORK = "work"
"""The folder of an attempt that its task runs in."""


def run_attempts(parts: Sequence[Part], world: World, task: Task | None = None) -> None:
    """Run one attempt, or several in lockstep; those that are left over then go on alone, one by one.

    A task that was not imported yet is looked for; stop signals belong to it from then on.
    """
    left = dict(enumerate(parts))
    if len(parts) > 1 and task is not None and task.lockstep is not None:
        _run_in_lockstep(left, world, task, task.lockstep)
    for part in left.values():
        run_attempt(part, world, task)


def run_attempt(part: Part, world: World, task: Task | None = None) -> Exit:
    """Call the task of a trial, as the snapshot of the project has it, and settle what comes of it."""
    return settle(part, lambda: _call(part, world, task), time.time(), world)


def _call(part: Part, world: World, task: Task | None) -> tuple[Any, Task]:
    """Return what a trial's task gives, and the task."""
    context = _context(part, world)
    for stop_signal in STOP_SIGNALS:
        signal.signal(stop_signal, context.stop)
    if task is None:
        with chdir(world.code):
            task = find_task(context.trial.task)
    with work_folder(part.attempt / WORK, world.code):
        given = task.run(handed(task, context.trial.params), context)
    return _unless_told(given, part, context), task


def _context(part: Part, world: World) -> Context:
    trial = Trial.model_validate(
        {"stage": "", "axes": {}, **json.loads(plain_text(part.folder.path / "trial.json"))}
    )
    data = part.folder.needed(trial.needs["data"]).artifacts if "data" in trial.needs else world.data
    return Context(part.folder, part.attempt, trial, data, world.code, pruner=part.pruner)


def _unless_told(given: Any, part: Part, context: Context) -> Any:
    """Return what a task gives; one that was told to stop has not come to its end."""
    if context.told_to_stop or part.told_all:
        raise InterruptedError("the task returned after it was told to stop")
    return given


def _run_in_lockstep(left: dict[int, Part], world: World, task: Task, lockstep: Lockstep) -> None:
    """Train all that are left together, and settle each as it ends; whoever has not is left over then."""
    began, leader, contexts = time.time(), left[0], list[Context]()
    os.environ[LOCKSTEP] = str(len(left))
    try:
        contexts += [_context(part, world) for part in left.values()]
        for stop_signal in STOP_SIGNALS:
            signal.signal(stop_signal, partial(_stop_all, contexts))
        params = [handed(task, context.trial.params) for context in contexts]
        with work_folder(leader.attempt / WORK, world.code):
            for place, outcome in lockstep.run(params, contexts):
                part = _ended(left, place, task)
                settle(part, partial(_result, outcome, part, contexts[place], task), began, world)
    except BaseException as error:
        traceback.print_exc()
        error.__traceback__ = None  # it holds all that was trained
    if leader.told_all or any(context.signalled for context in contexts):
        for part in left.values():
            settle(part, _interrupted, began, world)
        left.clear()
    elif left:
        print(f"{len(left)} trials go on alone, one after the other", file=sys.stderr)  # noqa: T201
    del os.environ[LOCKSTEP]
    gc.collect()


def _ended(left: dict[int, Part], place: Any, task: Task) -> Part:
    """Take out who has ended; raise ValueError where the task yields somebody else."""
    if place not in left:
        there = ", ".join(map(str, left)) or "none"
        raise ValueError(
            f"`{task.name}{PARTNER}` yielded place {place!r}; those that have not ended: {there}"
        )
    return left.pop(place)


def _stop_all(contexts: Sequence[Context], _signal: int, _frame: FrameType | None) -> None:
    for context in contexts:
        context.stop()


def _result(outcome: Any, part: Part, context: Context, task: Task) -> tuple[Any, Task]:
    if isinstance(outcome, Exception):
        raise outcome
    return _unless_told(outcome, part, context), task


def _interrupted() -> tuple[Any, Task]:
    raise InterruptedError("stopped with all that it was trained with")


def main() -> None:
    """Run attempts in this interpreter."""
    bar_strangers()
    attempts, data, code, room = sys.argv[1:]
    parts = [
        Part(
            folder=TrialFolder(Path(one["folder"])),
            number=one["number"],
            pruner=asking_end(one["line"], one["metric"]) if one["line"] is not None else None,
        )
        for one in json.loads(attempts)
    ]
    sys.path.insert(0, code)
    run_attempts(parts, World(data=Path(data), code=Path(code), room=Path(room)))


if __name__ == "__main__":
    main()
