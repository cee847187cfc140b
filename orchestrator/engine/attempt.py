"""One attempt in a program of its own, or several that are trained in lockstep: sure to leave records."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
import time
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.edges.guard import own_guard
from orchestrator.engine.edges.memory import memory_kills
from orchestrator.engine.edges.trial_processes import kill
from orchestrator.engine.gpu_metering import GpuMeter
from orchestrator.engine.pruning import pruning_of
from orchestrator.engine.runner import WORK
from orchestrator.engine.start_runner import start_runner
from orchestrator.engine.stopping import Stopping
from orchestrator.engine.taken import Taken
from orchestrator.engine.waiting import Waiting
from orchestrator.engine.watch import leave_file_system_alone, watch
from orchestrator.evidence.evidence import Exit, Failure
from orchestrator.evidence.failure_class import GPU_FAILURE, classify
from orchestrator.files.record_file import keep_room, leave_record
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import TaskError
from orchestrator.messages.terminal import stamp
from orchestrator.study.edges.task_source import find_task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from resource import struct_rusage

    from orchestrator.engine.ask import AskAhead
    from orchestrator.engine.claim import Claimed
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.edges.task_source import Task

_LOST_S = 10
_FULL = 0.95
"""Of the shape's memory; a runner killed when it held so much was killed for that."""


def attempt_trials(
    worker: Worker,
    claimed: Sequence[Claimed],
    observer: Observer | None = None,
    *,
    ahead: AskAhead | None = None,
) -> bool:
    """Run attempts in one program, see that each leaves a record; say whether all have results.

    Several are trained in lockstep, the first leads. By the `observer` it is decided whether a pruner ends
    one early; without one it does not. Meanwhile a search may be asked `ahead`.
    """
    worker.fresh = False
    keep_room(worker.room)
    found = [_taken(worker, one, observer) for one in claimed]
    taken = [one for one in found if not _was_pruned(worker, one)]
    if not taken:
        return False
    outcomes = _run(worker, taken, ahead)
    return len(taken) == len(found) and all(ended.outcome == "done" for ended in outcomes)


def _taken(worker: Worker, claimed: Claimed, observer: Observer | None) -> Taken:
    trial, number = claimed
    folder = worker.runs.trial(trial)
    stamp(f"attempt {number} of {trial.stage} {trial.id}")
    leave_file_system_alone(worker, trial, number)
    if number > 1:
        _end_a_lost_one(folder, number - 1)
    pruning = pruning_of(worker, observer, trial, number)
    return Taken(trial=trial, number=number, folder=folder, pruning=pruning)


def _was_pruned(worker: Worker, taken: Taken) -> bool:
    """Say whether a pruner has ended a trial whose worker was killed before it wrote that down."""
    if taken.pruning is None or not taken.pruned:
        return False
    taken.pruning.line.close()
    _leave(worker, taken.attempt, Exit(outcome="pruned", time=time.time(), seconds=0))
    return True


def _run(worker: Worker, taken: Sequence[Taken], ahead: AskAhead | None) -> list[Exit]:
    """Run attempts in one program, and return how each has ended."""
    began, kills, leader = time.time(), memory_kills(), taken[0]
    task = warm(worker, leader.trial.task)
    worker.spare.lend(leader.attempt / WORK)
    meter = GpuMeter(worker)
    runner = start_runner(worker, taken, task)
    stopping = Stopping(worker, taken, runner)
    prunings = [one.pruning for one in taken if one.pruning]
    with Waiting(runner, prunings) as waiting, meter.on(runner, leader.attempt):
        _, status, used = watch(worker, taken, stopping, waiting, ahead=ahead)
    if ahead:
        ahead.finish()
    own_guard().end_leftovers(runner, str(leader.attempt))
    own_guard().rest()
    story = _memory_story(worker, used, memory_kills() - kills)
    outcomes = []
    for one in taken:
        ended = one.folder.read_exit(one.number)
        if ended is None:
            ended = _killed(one, began) if stopping.killed else _vanished(one, began, status, story)
            _leave(worker, one.attempt, ended)
        outcomes.append(ended)
    if all(ended.outcome in ("done", "pruned") for ended in outcomes):
        worker.spare.take_back(leader.attempt / WORK)
    failures = [ended.failure for ended in outcomes if ended.failure is not None]
    worker.broken = worker.shape.gpus > 0 and any(failure.kind == GPU_FAILURE for failure in failures)
    return outcomes


def _killed(taken: Taken, began: float) -> Exit:
    outcome: Literal["pruned", "interrupted"] = "pruned" if taken.pruned else "interrupted"
    return Exit(outcome=outcome, time=time.time(), seconds=time.time() - began, killed=True)


def _leave(worker: Worker, attempt: Path, ended: Exit) -> None:
    leave_record(attempt / "exit.json", ended.model_dump_json(indent=1), worker.room)


def _end_a_lost_one(folder: TrialFolder, number: int) -> None:
    """End what an attempt may have left on this machine whose worker was lost, its guard with it."""
    claim = folder.read_claim(number)
    if claim is None or claim.host != socket.gethostname() or folder.read_exit(number) is not None:
        return
    attempt = folder.attempt(number)
    if claim.leader is not None:
        with contextlib.suppress(FileNotFoundError):
            attempt = folder.needed(claim.leader.trial).attempt(claim.leader.attempt)
    kill(0, str(attempt), _LOST_S)


def warm(worker: Worker, name: str) -> Task | None:
    """Return a task, imported with what it wants imported before the fork; None where that fails.

    It fails again in the runner, which tells why; the next attempt tries again.
    """
    if name in worker.tasks:
        return worker.tasks[name]
    task = _imported(name)
    bar_strangers()  # a module may have opened the umask
    if task is not None:
        worker.tasks[name] = task
    return task


def _imported(name: str) -> Task | None:
    with contextlib.suppress(TaskError, ImportError, OSError), _garbage_left():  # a library may be missing
        task = find_task(name)
        for module in task.preload:
            importlib.import_module(module)
        return task
    return None


@contextlib.contextmanager
def _garbage_left() -> Iterator[None]:
    """Look for no garbage meanwhile: a fifth of the time that torch takes to be imported goes into that."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _vanished(taken: Taken, began: float, status: int, story: str) -> Exit:
    """Return how a trial ended whose runner could not say so itself."""
    number = os.waitstatus_to_exitcode(status)
    how = f"killed by signal {-number}" if number < 0 else f"ended with exit code {number}"
    log = taken.attempt / "log.txt"
    tail = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
    message = f"the runner was {how}{story if number == -signal.SIGKILL else ''}"
    failure = Failure(kind=classify(f"{tail}\n{message}").kind, message=message, traceback=tail)
    return Exit(outcome="failed", time=time.time(), seconds=time.time() - began, failure=failure)


def _memory_story(worker: Worker, used: struct_rusage, kills: int) -> str:
    """Return what speaks for a runner having been killed for want of memory; empty when nothing does."""
    megabytes = used.ru_maxrss // 1024
    if kills:
        return f" by the kernel's out-of-memory killer, at {megabytes} MB"
    if megabytes >= _FULL * worker.shape.memory:
        return f" at {megabytes} of {worker.shape.memory} MB, as an out-of-memory killer does"
    return ""
