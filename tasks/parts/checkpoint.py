"""Checkpoints: written beside and renamed, named by step and digest, verified when read.

A checkpoint is a plain torch file `step-000000120-<first 16 digits of its sha256>.pt`. The two newest are
kept: if the newest cannot be trusted, the one before is read, and the log says so.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import re
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 1
KEPT = 2
_NAME = re.compile(r"step-(\d{9,})-([0-9a-f]{16})\.pt")

# All that torch raises for bytes that are no checkpoint.
UNREADABLE = (pickle.UnpicklingError, RuntimeError, LookupError, TypeError, ValueError, EOFError)

log = logging.getLogger(__name__)


def save(folder: Path, step: int, content: Mapping[str, Any]) -> Path:
    """Write a checkpoint so that a crash at any moment leaves the older ones intact; return its path."""
    beside = folder / f"writing-{os.getpid()}.tmp"
    try:
        with beside.open("wb") as file:
            torch.save({"format": FORMAT, "step": step, "content": dict(content)}, file)
            file.flush()
            os.fsync(file.fileno())
        path = folder / f"step-{step:09d}-{_digest(beside)}.pt"
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    half_written = folder.glob("writing-*.tmp")  # by an attempt that was killed
    for old in [*half_written, *[other for other in saved(folder) if other != path][KEPT - 1 :]]:
        old.unlink(missing_ok=True)
    return path


def load(folder: Path) -> dict[str, Any] | None:
    """Return the content of the newest checkpoint that is whole, or None when there is none."""
    for path in saved(folder):
        try:
            return _read(path)
        except UNREADABLE as error:
            log.warning("checkpoint %s is left out: %s; going back to the one before it", path, error)
    return None


def saved(folder: Path) -> list[Path]:
    """Return the checkpoints of a folder, newest first."""
    found = [path for path in folder.glob("step-*.pt") if _NAME.fullmatch(path.name) and path.is_file()]
    return sorted(found, key=lambda path: (_step(path), path.stat().st_mtime_ns), reverse=True)


def _read(path: Path) -> dict[str, Any]:
    found = _digest(path)
    if found != path.stem.rsplit("-", 1)[1]:
        raise ValueError(f"its content has digest {found}")
    whole = torch.load(path, map_location="cpu", weights_only=True)
    if whole["format"] != FORMAT:
        raise ValueError(f"its format is {whole['format']}, this program reads {FORMAT}")
    content: dict[str, Any] = whole["content"]
    return content


def _step(path: Path) -> int:
    return int(path.name.split("-")[1])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]
