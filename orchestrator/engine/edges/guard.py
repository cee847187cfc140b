"""What outlives a worker that is killed: a small program that ends the trial the worker was at."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import os
import subprocess
import sys
from pathlib import Path

from orchestrator.engine.edges import trial_processes
from orchestrator.engine.edges.trial_processes import note
from orchestrator.places.local import started_here

_LIBC = ctypes.CDLL(None)
_ADOPT_ORPHANS = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2)."""
_LEFT_S = 5.0
"""So long what a trial left behind may take to end once it was told."""


class Guard:
    """A worker's guard; what trials leave behind becomes the worker's own children, so that it is seen."""

    def __init__(self) -> None:
        _LIBC.prctl(_ADOPT_ORPHANS, 1)
        self._start()

    def _start(self) -> None:
        file = str(Path(trial_processes.__file__).resolve())
        self._program = subprocess.Popen(
            [sys.executable, "-IS", file],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def be_there(self) -> None:
        """Start again if somebody has killed it."""
        if self._program.poll() is not None:
            self._start()

    def watch(self, session: int, mark: str) -> None:
        """Be ready to end this trial."""
        self._tell(note(session, mark))

    def rest(self) -> None:
        """Have no trial to end any more."""
        self._tell(b"\n")

    def let_go(self) -> None:
        """Close the line to it in a program that was forked: only the worker's own end counts."""
        os.close(self._line)

    @property
    def _line(self) -> int:
        assert self._program.stdin is not None
        return self._program.stdin.fileno()

    def _tell(self, line: bytes) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._line, line)

    def end_leftovers(self, session: int, mark: str) -> None:
        """End what a trial that is over has left behind: told first, killed a little later."""
        expected = {self._program.pid, *started_here()}
        if set(_children()) <= expected:
            return
        trial_processes.end(session, mark, _LEFT_S)
        trial_processes.kill(session, mark, _LEFT_S)
        for child in set(_children()) - expected:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child, os.WNOHANG)


@functools.cache
def own_guard() -> Guard:
    """Return the guard of this program, started when it is first asked for."""
    return Guard()


def let_go_of_guard() -> None:
    """Close the line to the guard, if there is one, in a program that was forked and is no trial."""
    if own_guard.cache_info().currsize:
        own_guard().let_go()


def _children() -> list[int]:
    """Return the children of this program; an unknown one where the kernel does not list them."""
    try:
        lists = [file.read_text(encoding="ascii") for file in Path("/proc/self/task").glob("*/children")]
    except OSError:
        lists = []
    return [int(number) for text in lists for number in text.split()] if lists else [0]
