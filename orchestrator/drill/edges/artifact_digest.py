"""Digests of what trials leave: of bytes, or of content where a format shuffles or tells a time."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.evidence import TIMING
from orchestrator.study.trial import canonical

if TYPE_CHECKING:
    from pathlib import Path

_LONGEST_HEADER = 100_000_000
"""Bytes, as the format allows."""


def artifact_digests(folder: Path) -> dict[str, str]:
    """Return file -> digest of everything below a folder."""
    return {
        str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _digest(path: Path) -> str:
    """Return a digest of a file's bytes; of JSON without its timings."""
    if path.suffix == ".json":
        with contextlib.suppress(ValueError):
            lasting = _without_timings(json.loads(path.read_text(encoding="utf-8")))
            return hashlib.sha256(canonical(lasting).encode()).hexdigest()[:16]
    if path.suffix == ".safetensors":
        with contextlib.suppress(ValueError):
            return _of_tensors(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def _of_tensors(path: Path) -> str:
    """Return the digest of a safetensors file, whose writer shuffles the metadata in its header.

    Raises ValueError when it is none.
    """
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > _LONGEST_HEADER:
            raise ValueError(f"{path} has no header")
        header = json.loads(file.read(length))
        rest = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{canonical(header)} {rest}".encode()).hexdigest()[:16]


def _without_timings(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_timings(inner) for name, inner in value.items() if not name.startswith(TIMING)}
    return [_without_timings(inner) for inner in value] if isinstance(value, list) else value
