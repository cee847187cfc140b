"""One attempt in a program of its own: forked from a warm worker, watched over, sure to leave a record."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.core.failure import classify
from orchestrator.core.state import Exit, Failure
from orchestrator.edges.store import publish
from orchestrator.edges.task_source import find_task
from orchestrator.errors import TaskError
from orchestrator.observe import cancel_mark
from orchestrator.runner import run_attempt
from orchestrator.terminal import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from orchestrator.core.shape import Shape
    from orchestrator.core.submission import Submission
    from orchestrator.core.trial import Trial
    from orchestrator.edges.job_log import Entry
    from orchestrator.edges.store import RunFolder, TrialFolder

_LIBC = ctypes.CDLL(None)
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_BEAT_S = 5.0
_POLL_S = 0.5
_ENOUGH_S = 600
"""A trial is started when at least this much time is left, or half of the wall limit if that is less."""


@dataclass
class Worker:
    """Who this worker is, and how long it may work."""

    runs: RunFolder
    submission: Submission
    entry: Entry
    shape: Shape
    job: str
    name: str
    deadline: float
    """Unix time at which the trial it is at has to be stopped."""
    stopping: bool = False
    advanced: float = 0.0
    """When it last looked after the study as a whole."""

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the trial at hand, which is told to save itself; nothing else happens inside a signal."""
        self.stopping = True

    def enough_time(self) -> bool:
        """Say whether another trial could make progress before the deadline."""
        return self.deadline - time.time() >= min(_ENOUGH_S, self.shape.time / 2)


def attempt_trial(worker: Worker, trial: Trial, number: int) -> None:
    """Run one attempt in a program of its own, watch over it, and see that it leaves an exit record."""
    folder = worker.runs.trial(trial)
    attempt = folder.attempt(number)
    (attempt / "heartbeat").touch()
    stamp(f"attempt {number} of {trial.stage} {trial.id}")
    began = time.time()
    _warm(trial.task)
    status = _watch(worker, trial, _start(worker, folder, number))
    if folder.read_exit(number) is None:
        publish(attempt / "exit.json", _vanished(attempt, status, began).model_dump_json(indent=1))


def _warm(task: str) -> None:
    """Import what the task wants imported before the fork; what fails here fails again in the runner."""
    with contextlib.suppress(TaskError, ImportError):
        for module in find_task(task).preload:
            importlib.import_module(module)


def _start(worker: Worker, folder: TrialFolder, number: int) -> int:
    data = Path(worker.submission.data)
    torch = sys.modules.get("torch")
    if (
        torch is not None and torch.cuda.is_initialized()
    ):  # a task touched CUDA on import: a fork would inherit it
        command = [sys.executable, "-m", "orchestrator.runner", str(folder.path), str(number), str(data)]
        with (folder.attempt(number) / "log.txt").open("ab") as log:
            fresh = subprocess.Popen([*command, worker.submission.code], stdout=log, stderr=log)
        return fresh.pid
    gc.freeze()  # shared pages stay shared
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    try:
        _become_runner(parent, folder.attempt(number) / "log.txt")
        run_attempt(folder, number, data, worker.submission.code)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _become_runner(parent: int, log: Path) -> None:
    """Die with the worker, ignore its handlers, and write to the attempt's log."""
    _LIBC.prctl(_DIE_WITH_PARENT, signal.SIGKILL)  # no trial goes on without its worker
    if os.getppid() != parent:
        os._exit(1)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def _watch(worker: Worker, trial: Trial, runner: int) -> int:
    """Wait for the runner with a beating heart, pass a stop on to it, return its wait status."""
    heart = worker.runs.trial(trial).newest() / "heartbeat"
    mark = cancel_mark(worker.runs, worker.submission.study.name, trial.id)
    beaten = 0.0
    with _ended(runner) as ended:
        while not ended.poll(_POLL_S * 1000):
            if time.time() - beaten >= _BEAT_S:
                heart.touch()
                beaten = time.time()
            if worker.stopping or time.time() >= worker.deadline or mark.exists():
                os.kill(runner, signal.SIGTERM)  # again and again: the first may come before it listens
    return os.waitpid(runner, 0)[1]


@contextlib.contextmanager
def _ended(pid: int) -> Iterator[select.poll]:
    """Give something to wait on until the program ends."""
    descriptor = os.pidfd_open(pid)
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    try:
        yield waiting
    finally:
        os.close(descriptor)


def _vanished(attempt: Path, status: int, began: float) -> Exit:
    """Return the exit record of a runner that could not write one itself."""
    number = os.waitstatus_to_exitcode(status)
    how = f"killed by signal {-number}" if number < 0 else f"ended with exit code {number}"
    log = attempt / "log.txt"
    tail = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
    failure = Failure(kind=classify(f"{tail}\n{how}").kind, message=f"the runner was {how}", traceback=tail)
    return Exit(outcome="failed", time=time.time(), seconds=time.time() - began, failure=failure)
