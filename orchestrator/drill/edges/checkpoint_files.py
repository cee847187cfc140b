"""The files of a checkpoint folder, whatever a task keeps there: which is newest, and how one is damaged."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from orchestrator.files.plain_file import files_below

if TYPE_CHECKING:
    from pathlib import Path

Damage = Literal["truncated", "bit flipped"]


def newest_file(folder: Path, under_way: str = "") -> Path | None:
    """Return the file that was written last and is not empty, but not the one named; None without one."""
    return _newest(folder, under_way)[1]


def saved_at(folder: Path, under_way: str = "") -> float | None:
    """Return when the newest file was written, in seconds since 1970; None when there is none."""
    written, path = _newest(folder, under_way)
    return written / 1e9 if path else None


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


def _newest(folder: Path, under_way: str) -> tuple[int, Path | None]:
    """Return when the newest file was written, in nanoseconds, and which it is; asked once, as it may go."""
    dated = [
        (status.st_mtime_ns, path)
        for path, status in files_below(folder)
        if status.st_size and path.name != under_way and not path.is_symlink()
    ]
    return max(dated, default=(0, None))
