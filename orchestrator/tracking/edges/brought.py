"""What MLflow was last found to show of a study, so that nobody has to ask it whether that is all.

runs/studies/<name>/mlflow.txt

A hint that spares opening MLflow, which takes seconds. `ui` does not trust it and looks itself.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from orchestrator.files.record_file import write_beside
from orchestrator.tracking.edges.mlflow_store import own_uri, tracking_uri

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Brought:
    """The note in a study's folder, of everything that was brought to MLflow."""

    def __init__(self, runs: Path, study: Path) -> None:
        self._runs = runs
        self._file = study / "mlflow.txt"

    def is_all(self, parts: Iterable[str]) -> bool:
        """Say whether just this was brought to the MLflow that is written to now."""
        try:
            return self._file.read_text(encoding="ascii") == self._named(parts)
        except (OSError, UnicodeDecodeError):
            return False

    def note(self, parts: Iterable[str]) -> None:
        """Write down that all of this is there."""
        if not self.is_all(parts := tuple(parts)):
            with contextlib.suppress(OSError):  # a run folder of somebody else, a full disk
                write_beside(self._file, self._named(parts))

    def _named(self, parts: Iterable[str]) -> str:
        where = tracking_uri(self._runs)
        database = self._runs / "mlflow.db"
        inode = database.stat().st_ino if where == own_uri(self._runs) and database.exists() else 0
        return hashlib.sha256("\n".join([where, str(inode), *parts]).encode()).hexdigest()
