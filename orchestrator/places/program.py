"""Programs of this machine by name, `local:HOST:PID:START`: the start time tells a reused number apart."""

from __future__ import annotations

import re
import socket
from pathlib import Path

_NAME = re.compile(r"local:([^:]*):([0-9]{1,9}):([0-9]{1,18})")


def program_name(pid: int) -> str:
    """Return the name of a program; of one that is gone, a name that is nobody's."""
    return f"local:{socket.gethostname()}:{pid}:{_start_time(pid)}"


def pid_of(name: str) -> int | None:
    """Return the number of a program that still lives on this machine; None for any other."""
    return int(name.split(":")[2]) if is_alive(name) else None


def is_alive(name: str) -> bool | None:
    """Say whether the program still lives; None for a program of another machine."""
    found = _NAME.fullmatch(name)
    if found is None:
        return False
    host, pid, started = found.groups()
    if host != socket.gethostname():
        return None
    return started != "0" and _start_time(int(pid)) == int(started)  # 0: it was gone when it was named


def _start_time(pid: int) -> int:
    """Return the start time in clock ticks since boot; 0 for a program that is gone or a zombie.

    psutil adds the time of boot, which moves with the clock, while names in run folders stay for days.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0 if not fields or fields[0] in "ZX" else int(fields[19])
