"""Importing what somebody else wrote: it may print, read the command line, end programs or start threads."""

from __future__ import annotations

import ctypes
import importlib
import os
import sys
import sysconfig
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from orchestrator.messages.errors import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

_MOST_S = 1.0
"""So long a thread that was started by an import may go on before it is told."""
_LIBRARIES = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib"))
_INSTALLED = {"site-packages", "dist-packages"}
_left: list[threading.Thread] = []


def imported(name: str) -> ModuleType | None:
    """Return the module, or None where there is none of that name.

    Raises TaskError where it fails to import, ends the program, or starts a thread that keeps it from ending.
    """
    if name in sys.modules:
        return sys.modules[name]
    outer = name.rpartition(".")[0]
    if outer and imported(outer) is None:
        return None
    before = set(threading.enumerate())
    try:
        with talking(), _without_words():
            module = importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a module may raise anything while it is imported
        _left.extend(_lasting(before))
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        if missing == name:
            return None
        raise _failed(name, error) from error
    if lasting := _lasting(before):
        _left.extend(lasting)
        raise TaskError(
            f"module `{name}` starts the thread `{lasting[0].name}` while it is imported, "
            "which keeps programs from ending",
            "start it in the task, or with `daemon=True`",
        )
    return module


def is_installed(place: Path) -> bool:
    """Say whether a module's file is one of those that are installed, and not of somebody's own."""
    return not _INSTALLED.isdisjoint(place.parts)


def left_running() -> list[threading.Thread]:
    """Return the threads, started by imports, that would keep this program from ending."""
    return [thread for thread in _left if thread.is_alive()]


@contextmanager
def talking() -> Iterator[None]:
    """Let everything that is printed meanwhile, by programs below too, be talk: standard output is data."""
    before = sys.stdout
    with _pointed_to_standard_error():
        sys.stdout = sys.stderr
        try:
            yield
        finally:
            sys.stdout = before


@contextmanager
def _pointed_to_standard_error() -> Iterator[None]:
    """Let file descriptor 1 be standard error, where both are open."""
    kept: int | None = None
    _flush()
    with suppress(OSError):
        kept = os.dup(1)
        os.dup2(2, 1)
    try:
        yield
    finally:
        _flush()
        if kept is not None:
            os.dup2(kept, 1)
            os.close(kept)


def _flush() -> None:
    """Write what Python and C hold back, while it still goes where it was meant to."""
    for stream in (sys.stdout, sys.__stdout__):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]  # None where it is closed
    ctypes.CDLL(None).fflush(None)


@contextmanager
def _without_words() -> Iterator[None]:
    """Hide the command line: what follows the verb is not meant for a module that reads it too."""
    before = sys.argv
    sys.argv = before[:1]
    try:
        yield
    finally:
        sys.argv = before


def _lasting(before: set[threading.Thread]) -> list[threading.Thread]:
    """Return new threads that programs wait for at their end; pools end theirs by themselves."""
    pools = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", ())
    new = [thread for thread in threading.enumerate() if thread not in before and thread not in pools]
    until = time.monotonic() + _MOST_S
    lasting = [thread for thread in new if not thread.daemon]
    for thread in lasting:
        thread.join(max(0.0, until - time.monotonic()))
    return [thread for thread in lasting if thread.is_alive()]


def _failed(name: str, error: BaseException) -> TaskError:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if "importlib" not in frame.filename]
    if isinstance(error, SystemExit):
        own = [frame for frame in own if not frame.filename.startswith(_LIBRARIES)] or own
    place = f" ({own[-1].filename}:{own[-1].lineno})" if own else ""
    if isinstance(error, SystemExit):
        return TaskError(
            f"module `{name}` ends the program while it is imported{place}",
            'put what runs by itself below `if __name__ == "__main__":`; a script stays as it is with '
            f"`command: python {name.replace('.', '/')}.py` in place of `task:`",
        )
    if isinstance(error, SyntaxError):
        place = ""  # its own text says file and line
    return TaskError(
        f"module `{name}` cannot be imported: {type(error).__name__}: {error}{place}",
        f'correct it, or install what it needs; `python -c "import {name}"` shows the whole traceback',
    )
