"""Where things stand in the run folder of the soak, read without the engine."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def trial_folders(runs: Path) -> list[Path]:
    """Return the folders of all trials that somebody has claimed, in whichever layout."""
    attempts = (*runs.glob("trials/*/attempts"), *runs.glob("trials/??/*/attempts"))
    return sorted(folder.parent for folder in attempts)


def results(runs: Path) -> dict[str, dict[str, float]]:
    """Return the metrics of every trial of a run folder."""
    files = [folder / "result.json" for folder in trial_folders(runs)]
    return {file.parent.name: json.loads(file.read_text())["metrics"] for file in files if file.exists()}


def pruned(runs: Path) -> set[str]:
    """Return the trials of a run folder that were ended early and have no result."""
    return {
        folder.name
        for folder in trial_folders(runs)
        if not (folder / "result.json").exists() and _is_pruned(folder)
    }


def _is_pruned(folder: Path) -> bool:
    exits = folder.glob("attempts/[0-9]*/exit.json")
    return any(read(file)["outcome"] == "pruned" for file in exits)


def claims(runs: Path) -> dict[str, str]:
    """Return the job of every attempt of a run folder."""
    return {str(file.relative_to(runs)): read(file)["job"] for file in of_attempts(runs, "claim.json")}


def of_attempts(runs: Path, name: str) -> list[Path]:
    """Return the files of a name that attempts have left."""
    return [file for folder in trial_folders(runs) for file in sorted(folder.glob(f"attempts/[0-9]*/{name}"))]


def read(file: Path) -> dict[str, Any]:
    """Return what a record holds."""
    record: dict[str, Any] = json.loads(file.read_text())
    return record


def add_results(runs: Path, known: set[Path]) -> None:
    """Add the folders of trials that have a result by now, or were ended early, to those that are known."""
    try:
        known.update(
            folder
            for folder in trial_folders(runs)
            if folder not in known and ((folder / "result.json").exists() or _is_pruned(folder))
        )
    except OSError as error:
        if error.errno != errno.ESTALE:  # a folder was replaced while it was read: another look follows
            raise
