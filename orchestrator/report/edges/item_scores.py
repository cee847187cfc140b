"""Reads what trials wrote of each thing that they were tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.study.trial import Trial

Columns = dict[str, dict[str, float]]
"""Column -> item -> value."""


class ItemScores:
    """The CSV artifacts of trials, each read once."""

    def __init__(self, artifact: Callable[[Trial, str], Path]) -> None:
        self._artifact = artifact
        self._read: dict[tuple[str, str, str], Columns] = {}

    def of(self, trial: Trial, name: str, key: str) -> Columns:
        """Return the columns that hold numbers, each by the text of the key's column.

        Raises NotFoundError where there is no such file, or it has no such column, or says something twice.
        """
        known = (trial.id, name, key)
        if known not in self._read:
            self._read[known] = _columns(self._artifact(trial, name), f"`{name}` of trial {trial.id}", key)
        return self._read[known]


def _columns(path: Path, told: str, key: str) -> Columns:
    import pandas as pd

    if not path.is_file():
        raise NotFoundError(f"there is no {told}")
    try:
        frame = pd.read_csv(path, dtype={key: str})
    except (ValueError, OSError) as error:
        raise NotFoundError(f"{told} is no CSV file: {error}") from error
    if key not in frame or frame[key].duplicated().any():
        what = "says something twice" if key in frame else f"has no column `{key}`"
        raise NotFoundError(f"{told} {what}", hint=f"write one line for each {key}")
    numbers = frame.set_index(key).select_dtypes("number")
    return {
        str(column): {str(item): float(value) for item, value in numbers[column].dropna().items()}
        for column in numbers.columns
    }
