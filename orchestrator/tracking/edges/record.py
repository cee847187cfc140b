"""What MLflow shall show: records of the study, its stages and its trials, their numbers and their files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One number of a metric."""

    key: str
    step: int
    value: float
    time: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file to be copied into MLflow, or a text to be written there."""

    name: str
    """Relative path in MLflow."""
    stamp: str
    """Changes when the content does."""
    path: Path | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What MLflow shall show of the study, a stage or a trial, as far as it is known without its files."""

    name: str
    parent: str | None
    """Key of the record above."""
    status: str
    """RUNNING, FINISHED, FAILED or KILLED."""
    start: float
    end: float | None
    """Unix seconds; None while it may go on."""
    params: Mapping[str, str]
    tags: Mapping[str, str]
    stamp: str | None = None
    """Names the trial's files when they cannot change any more; then equal stamps spare reading them."""

    @property
    def key(self) -> str:
        """Name the record among those of its study."""
        return key_of(self.tags)

    @property
    def has_trials(self) -> bool:
        """Whether it is a study or a stage, with trials below it."""
        return "trial" not in self.tags


def key_of(tags: Mapping[str, str]) -> str:
    """Return the key of the record with these tags; empty where there is none."""
    if "trial" in tags:
        return tags["trial"]
    if "stage" in tags:
        return f"stage:{tags['stage']}"
    return "study" if "study" in tags else ""
