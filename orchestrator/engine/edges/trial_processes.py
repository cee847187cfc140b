"""The processes of a trial: those of its session, and those that carry its mark in their environment.

As a program of its own this file is the guard of a worker: it reads which trial the worker is at, and once
the worker is gone without a word it kills what that trial has left. So it imports the standard library alone.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import time

MARK = "ORCHESTRATOR_ATTEMPT"
"""The variable by which a process is known that has left the session; children inherit it."""
_BLINK_S = 0.01
_DEAF = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)


def processes_of(session: int, mark: str) -> list[int]:
    """Return the living processes of a trial; `session` 0 looks for the mark alone."""
    wanted = os.fsencode(f"{MARK}={mark}")
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - a listing of numbers
        if name.isdigit():
            with contextlib.suppress(OSError):  # it ends meanwhile, or belongs to somebody else
                alive, its_session = _living(name)
                if alive and ((session and its_session == session) or wanted in _environment(name)):
                    found.append(int(name))
    return found


def kill(session: int, mark: str, within_s: float = math.inf) -> None:
    """Kill every process of a trial, those too that are started meanwhile, and see them gone."""
    _press(session, mark, signal.SIGKILL, within_s)  # one that hangs in a file system's hands does not go


def end(session: int, mark: str, within_s: float) -> None:
    """Tell every process of a trial to end, and wait for that."""
    _press(session, mark, signal.SIGTERM, within_s)


def _press(session: int, mark: str, number: signal.Signals, within_s: float) -> None:
    """Signal processes as they appear, until all are gone: one that is ending has no environment left."""
    told: set[int] = set()
    until = time.monotonic() + within_s
    while (found := {*processes_of(session, mark), *filter(_is_living, told)}) and time.monotonic() < until:
        tell(sorted(found - told), number)
        told |= found
        time.sleep(_BLINK_S)


def tell(processes: list[int], number: signal.Signals) -> None:
    """Send a signal to processes, as far as they are still there."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)


def _is_living(process: int) -> bool:
    try:
        return _living(str(process))[0]
    except OSError:
        return False


def _living(name: str) -> tuple[bool, int]:
    """Return whether a process lives, and its session."""
    with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - hot
        fields = file.read().rpartition(b")")[2].split()
    return fields[0] not in (b"Z", b"X"), int(fields[3])


def _environment(name: str) -> list[bytes]:
    with open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123 - hot
        return file.read().split(b"\0")


def note(session: int, mark: str) -> bytes:
    """Return the line that tells a guard which trial its worker is at."""
    return f"{session} {os.fsencode(mark).hex()}\n".encode()


def main() -> None:
    """Guard a worker: an empty line says that it is at no trial."""
    for number in _DEAF:
        signal.signal(number, signal.SIG_IGN)
    line = b""
    for line in sys.stdin.buffer:  # noqa: B007 - the last one counts
        pass
    if words := line.split():
        kill(int(words[0]), os.fsdecode(bytes.fromhex(words[1].decode())))


if __name__ == "__main__":
    main()
