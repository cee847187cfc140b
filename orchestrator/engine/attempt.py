"""One attempt in a program of its own: forked from a warm worker, watched over, sure to leave a record."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from orchestrator.engine.edges.guard import own_guard
from orchestrator.engine.edges.large_pages import join_pages
from orchestrator.engine.edges.memory import memory_kills
from orchestrator.engine.edges.trial_processes import MARK, kill
from orchestrator.engine.gpu_metering import GpuMeter
from orchestrator.engine.observe import cancel_mark
from orchestrator.engine.pruning import pruning_of
from orchestrator.engine.runner import WORK, run_attempt
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.engine.stopping import Stopping
from orchestrator.engine.waiting import Waiting
from orchestrator.evidence.evidence import BEAT_S, Exit, Failure
from orchestrator.evidence.failure import pause_left
from orchestrator.evidence.failure_class import GPU_FAILURE, classify
from orchestrator.files.record_file import keep_room, leave_record
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import TaskError
from orchestrator.messages.terminal import stamp
from orchestrator.places.wall_limit import Pace
from orchestrator.study.edges.task_source import find_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from resource import struct_rusage

    from orchestrator.engine.ask import AskAhead
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.pruning import Pruning
    from orchestrator.engine.worker import Worker
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.evidence.evidence import Cause
    from orchestrator.study.edges.task_source import Task
    from orchestrator.study.trial import Trial

_LIBC = ctypes.CDLL(None)
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_POLL_S = 0.5
_LOST_S = 10
_SEVERAL = 4
"""So many trials of one worker are worth the second that it takes to make their forks cheaper."""
_FULL = 0.95
"""Of the shape's memory; a runner killed when it held so much was killed for that."""


def attempt_trial(
    worker: Worker,
    trial: Trial,
    number: int,
    observer: Observer | None = None,
    *,
    ahead: AskAhead | None = None,
) -> bool:
    """Run one attempt in a program of its own, see that it leaves a record; say whether it has a result.

    By the `observer` it is decided whether a pruner ends it early; without one it does not. Meanwhile a
    search may be asked `ahead`.
    """
    worker.fresh = False
    folder = worker.runs.trial(trial)
    attempt = folder.attempt(number)
    keep_room(worker.room)
    stamp(f"attempt {number} of {trial.stage} {trial.id}")
    _leave_file_system_alone(worker, trial, number)
    if number > 1:
        _end_a_lost_one(folder, number - 1)
    pruning = pruning_of(worker, observer, trial, number)
    if pruning is not None and pruning.pruned:  # whoever decided that was killed before it was done
        pruning.line.close()
        _leave(worker, attempt, Exit(outcome="pruned", time=time.time(), seconds=0))
        return False
    began, kills = time.time(), memory_kills()
    task = warm(worker, trial.task)
    worker.spare.lend(attempt / WORK)
    meter = GpuMeter(worker)
    runner = _start(worker, folder, number, task, pruning)
    stopping = Stopping(worker, folder, number, runner)
    with Waiting(runner, pruning) as waiting, meter.on(runner, attempt):
        _, status, used = _watch(worker, trial, number, stopping, waiting, ahead=ahead)
    if ahead:
        ahead.finish()
    own_guard().end_leftovers(runner, str(attempt))
    own_guard().rest()
    ended = folder.read_exit(number)
    if ended is None and stopping.killed:
        outcome: Literal["pruned", "interrupted"] = "pruned" if pruning and pruning.pruned else "interrupted"
        ended = Exit(outcome=outcome, time=time.time(), seconds=time.time() - began, killed=True)
        _leave(worker, attempt, ended)
    elif ended is None:
        ended = Exit(
            outcome="failed",
            time=time.time(),
            seconds=time.time() - began,
            failure=_vanished(attempt, status, _memory_story(worker, used, memory_kills() - kills)),
        )
        _leave(worker, attempt, ended)
    if ended.outcome in ("done", "pruned"):
        worker.spare.take_back(attempt / WORK)
    worker.broken = worker.shape.gpus > 0 and ended.failure is not None and ended.failure.kind == GPU_FAILURE
    return ended.outcome == "done"


def _leave(worker: Worker, attempt: Path, ended: Exit) -> None:
    leave_record(attempt / "exit.json", ended.model_dump_json(indent=1), worker.room)


def _end_a_lost_one(folder: TrialFolder, number: int) -> None:
    """End what an attempt may have left on this machine whose worker was lost, its guard with it."""
    claim = folder.read_claim(number)
    if claim is not None and claim.host == socket.gethostname() and folder.read_exit(number) is None:
        kill(0, str(folder.attempt(number)), _LOST_S)


def _leave_file_system_alone(worker: Worker, trial: Trial, number: int) -> None:
    """Wait with a beating heart while a file system may recover that failed under the last attempts.

    A stop ends the pause: the trial is begun, to be told.
    """
    folder = worker.runs.trial(trial)
    left = pause_left(_ends_before(folder, number), time.time())
    if not left:
        return
    stamp(f"attempt {number} waits {left:.0f} s: a file system failed under the last one")
    until, pace = time.monotonic() + left, folder.pace()
    while time.monotonic() < until and _cause_to_stop(worker, trial, pace) is None:
        _beat(folder.attempt(number))
        time.sleep(_POLL_S)


def _ends_before(folder: TrialFolder, number: int) -> Iterator[Exit | None]:
    """Yield how the attempts before this one ended, the latest first, back to where `retry` was typed."""
    for earlier in range(number - 1, 0, -1):
        if (folder.attempt(earlier) / "forgiven").exists():
            return
        yield folder.read_exit(earlier)


def _beat(attempt: Path) -> None:
    """Let the heart beat; where a file system swallows a beat, the next one comes soon."""
    with contextlib.suppress(OSError):
        (attempt / "heartbeat").touch()


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


def _start(
    worker: Worker, folder: TrialFolder, number: int, task: Task | None, pruning: Pruning | None
) -> int:
    data, code, room = Path(worker.submission.data), worker.code, worker.room
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():  # by a task's import: a fork would inherit it
        given = [str(folder.path), str(number), str(data), str(code), str(room)]
        line = pruning.line if pruning else None
        given += [str(line.other), line.metric] if line else []
        kept = [line.other] if line else []
        with (folder.attempt(number) / "log.txt").open("ab") as log:
            command = [sys.executable, "-m", "orchestrator.engine.runner", *given]
            marked = os.environ | {MARK: str(folder.attempt(number))}
            runner = subprocess.Popen(
                command, stdout=log, stderr=log, env=marked, start_new_session=True, pass_fds=kept
            ).pid
        if line:
            line.let_go()
        own_guard().watch(runner, str(folder.attempt(number)))
        return runner
    own_guard().be_there()
    gc.freeze()  # shared pages stay shared
    worker.forks += 1
    if worker.forks == _SEVERAL:
        join_pages()
    parent, child = os.getpid(), os.fork()
    if child:
        if pruning:
            pruning.line.let_go()
        return child
    try:
        _become_runner(parent, folder.attempt(number))
        pruner = pruning.line.become_asking() if pruning else None
        run_attempt(folder, number, data, code, room=room, task=task, pruner=pruner)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _become_runner(parent: int, attempt: Path) -> None:
    """Die with the worker, lead a session that carries the attempt's mark, and write to the attempt's log."""
    os.setsid()
    os.environ[MARK] = str(attempt)
    own_guard().watch(os.getpid(), str(attempt))
    own_guard().let_go()
    die_with_parent(parent)
    descriptor = os.open(attempt / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def die_with_parent(parent: int) -> None:
    """Let this program, forked by a worker, end with it: no trial goes on without its worker."""
    _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _watch(
    worker: Worker,
    trial: Trial,
    number: int,
    stopping: Stopping,
    waiting: Waiting,
    *,
    ahead: AskAhead | None,
) -> tuple[int, int, struct_rusage]:
    """Wait for the runner with a beating heart, pass a stop on to it, return what wait4(2) says."""
    folder = worker.runs.trial(trial)
    pace, beaten = folder.pace() if number > 1 else Pace(), 0.0
    while not waiting.has_ended(ahead.pause_s if ahead else _POLL_S):
        if time.time() - beaten >= BEAT_S:
            _beat(folder.attempt(number))
            beaten, pace = time.time(), pace.and_(folder.pace())
        if cause := _cause_to_stop(worker, trial, pace):
            stopping.press(cause, pace)
        if ahead:
            ahead.go_on()
    return os.wait4(waiting.program, 0)


def _cause_to_stop(worker: Worker, trial: Trial, pace: Pace) -> Cause | None:
    if worker.stopping:
        return "user" if worker.submission.profile.here else "scheduler"
    study = worker.submission.study.name
    if cancel_mark(worker.runs, study, trial.id).exists():
        return "cancelled"
    if is_stopped(worker.runs, study):
        return "user"
    return "wall limit" if time.time() >= worker.limit.stop_time(pace) else None


def _vanished(attempt: Path, status: int, story: str) -> Failure:
    """Return why a runner ended that could not say so itself."""
    number = os.waitstatus_to_exitcode(status)
    how = f"killed by signal {-number}" if number < 0 else f"ended with exit code {number}"
    log = attempt / "log.txt"
    tail = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
    message = f"the runner was {how}{story if number == -signal.SIGKILL else ''}"
    return Failure(kind=classify(f"{tail}\n{message}").kind, message=message, traceback=tail)


def _memory_story(worker: Worker, used: struct_rusage, kills: int) -> str:
    """Return what speaks for a runner having been killed for want of memory; empty when nothing does."""
    megabytes = used.ru_maxrss // 1024
    if kills:
        return f" by the kernel's out-of-memory killer, at {megabytes} MB"
    if megabytes >= _FULL * worker.shape.memory:
        return f" at {megabytes} of {worker.shape.memory} MB, as an out-of-memory killer does"
    return ""
