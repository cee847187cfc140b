"""A worker looks once whether it can use its GPUs, before it claims anything; CUDA is touched elsewhere.

That is in a fork where torch was imported ahead of trials, else in a small program of its own: it launches a
kernel on each GPU (`edges/gpu_check.py`).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from typing import TYPE_CHECKING

from orchestrator.engine.attempt import warm
from orchestrator.engine.edges import gpu_check
from orchestrator.engine.runner import STOP_SIGNALS
from orchestrator.engine.start_runner import die_with_parent
from orchestrator.messages.terminal import stamp

if TYPE_CHECKING:
    from types import ModuleType

    from orchestrator.engine.worker import Worker

_PATIENCE_S = 120
"""So long a broken driver may hang; a slow file system needs less to give torch to a fresh interpreter."""
_POLL_S = 0.2
_GONE_S = 5
_LONGEST = 2000
"""Characters of what was found."""


def gpu_trouble(worker: Worker) -> str:
    """Return why the worker cannot use its GPUs; empty when it can, or has to stop."""
    asked = worker.shape.gpus
    if not asked or not worker.submission.profile.check_gpus:
        return ""
    for stage in worker.submission.study.stages:
        if any(shape.fits(worker.shape) for shape in stage.shapes):
            warm(worker, stage.task)
    torch = sys.modules.get("torch")
    reading, writing = os.pipe()
    if torch is None or torch.cuda.is_initialized():  # a fork would inherit what a task's import has done
        program = _start_program(asked, "driver" if torch is None else "torch", writing)
    else:
        program = _fork(asked, torch, writing)
    os.close(writing)
    stamp(f"looking whether {asked} GPUs can be used, by {'the driver' if torch is None else 'torch'}")
    try:
        return _answer(worker, program, reading, _PATIENCE_S)
    finally:
        os.close(reading)


def _start_program(asked: int, how: str, writing: int) -> int:
    command = [sys.executable, "-m", gpu_check.__name__, str(asked), how]
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=writing, start_new_session=True
    ).pid  # waited for by its number


def _fork(asked: int, torch: ModuleType, writing: int) -> int:
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    code = 1
    try:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)  # the worker ends the look
        die_with_parent(parent)
        os.write(writing, gpu_check.torch_trouble(asked, torch).encode())
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
    return 0


def _answer(worker: Worker, program: int, reading: int, patience_s: float) -> str:
    """Return what the look found; one that does not end, or dies, tells of a driver that hangs or crashes."""
    said, until = b"", time.monotonic() + patience_s
    waiting = select.poll()
    waiting.register(reading, select.POLLIN | select.POLLHUP)
    while time.monotonic() < until and not worker.stopping:
        if not waiting.poll(_POLL_S * 1000):
            continue
        piece = os.read(reading, _LONGEST)
        if not piece:
            how = os.waitstatus_to_exitcode(os.waitpid(program, 0)[1])
            text = said.decode(errors="replace")[:_LONGEST]
            return text or ("" if how == 0 else f"the look at them {_died(how)}")
        said += piece
    _end(program)
    return (
        "" if worker.stopping else f"the look at them did not end within {patience_s:g} s: the driver hangs"
    )


def _died(how: int) -> str:
    return f"was killed by signal {-how}" if how < 0 else f"ended with exit code {how}, see the worker's log"


def _end(program: int) -> None:
    """Kill a look; one that a driver holds may stay, and is left to whoever ends the driver."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(program, signal.SIGKILL)
    until = time.monotonic() + _GONE_S
    while not os.waitpid(program, os.WNOHANG)[0] and time.monotonic() < until:
        time.sleep(_POLL_S)
