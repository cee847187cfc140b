"""What the kernel says about programs that ran out of memory."""

from __future__ import annotations

import re
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")


def memory_kills(own: Path = Path("/proc/self/cgroup"), groups: Path = _GROUPS) -> int:
    """Return how often the kernel killed for want of memory in this control group; 0 if that is unknown."""
    return sum(_kills(file) for file in _event_files(own, groups))


def _event_files(own: Path, groups: Path) -> list[Path]:
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    files = []
    for line in lines:
        _, controllers, path = line.split(":", maxsplit=2)
        if not controllers:  # version 2: one tree for all
            files.append(groups / path.lstrip("/") / "memory.events")
        elif "memory" in controllers.split(","):
            files.append(groups / "memory" / path.lstrip("/") / "memory.oom_control")
    return files


def _kills(file: Path) -> int:
    try:
        found = re.search(r"^oom_kill (\d+)$", file.read_text(encoding="utf-8"), flags=re.M)
    except OSError:
        return 0
    return int(found[1]) if found else 0
