"""A runner is forked from a warm worker, or started anew where that worker has touched a GPU."""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.edges.guard import own_guard
from orchestrator.engine.edges.large_pages import join_pages
from orchestrator.engine.edges.trial_processes import MARK
from orchestrator.engine.runner import run_attempts
from orchestrator.engine.settle import Part, World

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.engine.taken import Taken
    from orchestrator.engine.worker import Worker
    from orchestrator.study.edges.task_source import Task

_LIBC = ctypes.CDLL(None)
_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2)."""
_SEVERAL = 4
"""So many trials of one worker are worth the second that it takes to make their forks cheaper."""


def start_runner(worker: Worker, taken: Sequence[Taken], task: Task | None) -> int:
    """Start the program of an attempt, or of several that are trained in lockstep; return its number."""
    for one in taken[1:]:
        _share_log(taken[0], one)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():  # by a task's import: a fork would inherit it
        return _start_anew(worker, taken)
    own_guard().be_there()
    gc.freeze()  # shared pages stay shared
    worker.forks += 1
    if worker.forks == _SEVERAL:
        join_pages()
    parent, child = os.getpid(), os.fork()
    if child:
        _let_go_of_lines(taken)
        return child
    try:
        _become_runner(parent, taken[0].attempt)
        parts = [
            Part(
                folder=one.folder,
                number=one.number,
                pruner=one.pruning.line.become_asking() if one.pruning else None,
            )
            for one in taken
        ]
        world = World(data=Path(worker.submission.data), code=worker.code, room=worker.room)
        run_attempts(parts, world, task)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _share_log(leader: Taken, other: Taken) -> None:
    """Let a trial have the log of the program that trains it."""
    log = leader.attempt / "log.txt"
    log.touch()
    try:
        os.link(log, other.attempt / "log.txt")
    except OSError:  # a file system without links
        (other.attempt / "log.txt").write_text(f"see {log}\n", encoding="utf-8")


def _start_anew(worker: Worker, taken: Sequence[Taken]) -> int:
    parts = [
        {
            "folder": str(one.folder.path),
            "number": one.number,
            "line": one.pruning.line.other if one.pruning else None,
            "metric": one.pruning.line.metric if one.pruning else "",
        }
        for one in taken
    ]
    rest = [str(worker.submission.data), str(worker.code), str(worker.room)]
    mark = str(taken[0].attempt)
    with (taken[0].attempt / "log.txt").open("ab") as log:
        runner = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.engine.runner", json.dumps(parts), *rest],
            stdout=log,
            stderr=log,
            env=os.environ | {MARK: mark},
            start_new_session=True,
            pass_fds=[one.pruning.line.other for one in taken if one.pruning],
        ).pid
    _let_go_of_lines(taken)
    own_guard().watch(runner, mark)
    return runner


def _let_go_of_lines(taken: Sequence[Taken]) -> None:
    for one in taken:
        if one.pruning:
            one.pruning.line.let_go()


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
