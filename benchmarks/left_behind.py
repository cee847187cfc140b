"""What a study leaves in its run folder, the copies of the code aside."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Names below a run folder."""

    files: int
    folders: int
    largest: int
    """Names in the folder that has most."""


def left_behind(runs: Path) -> LeftBehind:
    """Count what lies in a run folder, however deep its trials lie."""
    files = folders = largest = 0
    for place, inner, names in os.walk(runs):
        if Path(place).match("studies/*"):
            inner[:] = [name for name in inner if name != "code"]
        files += len(names)
        folders += len(inner)
        largest = max(largest, len(names) + len(inner))
    return LeftBehind(files, folders, largest)
