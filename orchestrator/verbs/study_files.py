"""Whether a study was named by its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder


def file_of(study: str, runs: RunFolder) -> Path | None:
    """Return the file by which a study was named; None where it was named by its name."""
    if not study.endswith((".yaml", ".yml")) or ("/" not in study and runs.study(study).is_dir()):
        return None
    return Path(study)
