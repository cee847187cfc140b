"""The git commit that a snapshot of code was taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

from orchestrator.files.record_file import read_stored

if TYPE_CHECKING:
    from pathlib import Path


class _Source(BaseModel):
    """What a snapshot of the code says of where it was taken."""

    commit: str = ""
    changed: bool = False


def commit_of(runs: Path, code: str) -> str:
    """Return the git commit that a snapshot was taken from; empty when there is none."""
    for file in runs.glob(f"studies/*/code/{code}.json") if code else ():
        source = read_stored(file, _Source)
        if source is not None and source.commit:
            return source.commit + (" with changes" if source.changed else "")
    return ""
