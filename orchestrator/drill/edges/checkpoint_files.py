"""The files of a checkpoint folder, whatever a task keeps there: which are finished, and how one is damaged.

A file is finished when it has a name that the undisturbed trial left in the end, numbers and digests aside:
what is still to be renamed has another. Of a task that leaves nothing, it is one whose name does not look
temporary.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Literal

from orchestrator.files.plain_file import files_below

if TYPE_CHECKING:
    from pathlib import Path

Damage = Literal["truncated", "bit flipped"]


def kept_names(folder: Path) -> frozenset[str]:
    """Return the names that a trial which nothing disturbed has left, with `#` for numbers and digests."""
    return frozenset(_name(folder, path) for path, _ in files_below(folder))


def is_temporary(path: Path) -> bool:
    """Say whether a file has a name as those have that are to be renamed."""
    return path.name.startswith(".") or path.suffix in {".tmp", ".new", ".part"}


def newest_file(
    folder: Path, kept: frozenset[str] = frozenset(), under_way: str = ""
) -> tuple[Path, float] | None:
    """Return the finished file that was written last and is not empty, but not the one named, and when.

    That is in seconds since 1970, and asked once with the file, as it may go.
    """
    dated = [
        (status.st_mtime_ns, path)
        for path, status in files_below(folder)
        if status.st_size and path.name != under_way and not path.is_symlink()
        if (_name(folder, path) in kept if kept else not is_temporary(path))
    ]
    written, path = max(dated, default=(0, None))
    return (path, written / 1e9) if path else None


def glimpse(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return the names, sizes and times in a folder: two that differ tell that something is written."""
    found = set()
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                found.add((entry.name, status.st_size, status.st_mtime_ns))
    return frozenset(found)


def longest(seen: frozenset[tuple[str, int, int]]) -> int:
    """Return the bytes of the longest file of a glimpse."""
    return max((size for _, size, _ in seen), default=0)


def damage(path: Path, how: Damage) -> None:
    """Cut a file in half, or flip one bit in its middle; its time stays as it was."""
    before = path.stat()
    with path.open("r+b") as file:
        middle = before.st_size // 2
        if how == "truncated":
            file.truncate(middle)
        else:
            file.seek(middle)
            byte = file.read(1)[0]
            file.seek(middle)
            file.write(bytes([byte ^ 1]))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _name(folder: Path, path: Path) -> str:
    return re.sub(r"[0-9a-f]*[0-9][0-9a-f]*", "#", str(path.relative_to(folder)))
