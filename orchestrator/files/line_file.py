"""Files of lines that grow, an object in each: what a killed writer left torn is passed over."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from orchestrator.files.plain_file import UnreadableError, bytes_from, plain_bytes
from orchestrator.files.strangers import open_own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TAIL_BYTES = 8192
_LARGEST_LINES = 1024**3
_TOO_LARGE = 2**63


def append_line(path: Path, values: Mapping[str, Any], *, safe: bool = False) -> None:
    """Append an object to a file of lines, in one write; where asked for it is safe on disk by then."""
    with open_own(path, "a") as file:
        file.write(json.dumps(values) + "\n")
        if safe:
            file.flush()
            os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of an append-only file; a torn or foreign line is passed over."""
    for line in _bytes(path).decode(errors="replace").splitlines():
        if value := _parsed(line):
            yield value


def last_line(path: Path) -> dict[str, Any]:
    """Return the last whole object of an append-only file, reading only its end; empty when there is none."""
    lines = _bytes(path, _TAIL_BYTES).decode(errors="replace").splitlines()
    return next((value for line in reversed(lines) if (value := _parsed(line))), {})


def new_lines(path: Path, start: int) -> tuple[list[bytes], int]:
    """Return the whole lines of a file from a byte on, and where they end; all if it is shorter by now."""
    try:
        found, start = bytes_from(path, start, _LARGEST_LINES)
    except (FileNotFoundError, UnreadableError):
        return [], 0
    whole_, _, _ = found.rpartition(b"\n")
    return whole_.split(b"\n"), start + len(whole_) + bool(whole_)


def new_objects(path: Path, start: int) -> tuple[list[dict[str, Any]], int]:
    """Return the objects of the whole lines of a file from a byte on, and where these end."""
    lines, end = new_lines(path, start)
    return [value for line in lines if (value := _parsed(line.decode(errors="replace")))], end


def _bytes(path: Path, tail: int | None = None) -> bytes:
    """Return what a file of lines holds: nothing when it cannot be read, for no state rests on it alone."""
    try:
        return plain_bytes(path, _LARGEST_LINES, tail=tail)
    except (FileNotFoundError, UnreadableError):
        return b""


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):  # a number of 5000 digits, a thousand brackets
        return None
    return value if isinstance(value, dict) else None


def logged(line: Mapping[str, Any]) -> tuple[int, dict[str, float]] | None:
    """Return the step and the metrics of a line of `metrics.jsonl`; None when it has none."""
    step, metrics = whole(line.get("step")), line.get("metrics")
    if step is None or not isinstance(metrics, dict):
        return None
    return step, {name: float(value) for name, value in metrics.items() if _is_number(value)}


def whole(value: object) -> int | None:
    """Return a whole number of at most 64 bits; None for anything else."""
    fits = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE
    return value if fits and isinstance(value, int) else None


def _is_number(value: object) -> bool:
    return isinstance(value, float) or whole(value) is not None
