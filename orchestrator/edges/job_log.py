"""The submissions of a study: intent first, job ids after, so that a crash between them can be mended.

    studies/<name>/jobs/0007/  intent.json  submitted.json | abandoned.json  started-<n>  ended-<n>  logs

The folder is made with an exclusive mkdir: of two programs that decide at the same moment, one wins and
the other looks again.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from orchestrator.core.shape import Shape
from orchestrator.core.trial import FORMAT, digest
from orchestrator.edges.store import publish, read_stored, write_beside

if TYPE_CHECKING:
    from pathlib import Path


class Intent(BaseModel):
    """What is about to be started."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    token: str
    """In the job's name: the queue is searched for it before anything is started again."""
    cluster: str
    kind: Literal["workers", "sentinel"]
    shape: Shape
    count: int
    after: tuple[str, ...] = ()
    """Jobs that a sentinel waits for."""
    code: str
    starter: str
    """The program that starts the jobs, as `edges.local` names it."""
    time: float


class Submitted(BaseModel):
    """The jobs that came of an intent."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submission as its folder shows it."""

    number: int
    folder: Path
    intent: Intent | None
    jobs: tuple[str, ...] | None
    """None while nobody knows whether anything was started."""
    abandoned: bool

    @property
    def open(self) -> bool:
        """Whether it is not known what came of it."""
        return self.jobs is None and not self.abandoned

    @property
    def age(self) -> float:
        """Seconds since the folder was made."""
        return time.time() - self.folder.stat().st_mtime

    def started(self) -> set[str]:
        """Return the jobs of those of its workers that have begun."""
        return self._marks("started-")

    def ended(self) -> set[str]:
        """Return the jobs of those of its workers that have said goodbye."""
        return self._marks("ended-")

    def _marks(self, prefix: str) -> set[str]:
        return {file.read_text(encoding="utf-8") for file in self.folder.glob(f"{prefix}*")}

    def mark(self, what: Literal["started", "ended"], index: int, job: str) -> None:
        """Record that a worker begins or leaves."""
        publish(self.folder / f"{what}-{index}", job)

    def settle(self, jobs: tuple[str, ...]) -> None:
        """Record the jobs that were started."""
        publish(self.folder / "submitted.json", Submitted(jobs=jobs).model_dump_json())

    def abandon(self) -> None:
        """Record that nothing came of it."""
        publish(self.folder / "abandoned.json", "{}")


class JobLog:
    """All submissions of a study, in order."""

    def __init__(self, study_folder: Path) -> None:
        self.path = study_folder / "jobs"
        self._settled: dict[int, Entry] = {}

    def entries(self) -> list[Entry]:
        """Return every submission so far."""
        try:
            numbers = sorted(int(name) for name in os.listdir(self.path) if name.isdigit())  # noqa: PTH208 - names
        except FileNotFoundError:
            return []
        return [self.entry(number) for number in numbers]

    def entry(self, number: int) -> Entry:
        """Return one submission."""
        if number in self._settled:
            return self._settled[number]
        folder = self.path / f"{number:04d}"
        submitted = read_stored(folder / "submitted.json", Submitted)
        entry = Entry(
            number=number,
            folder=folder,
            intent=read_stored(folder / "intent.json", Intent),
            jobs=submitted.jobs if submitted else None,
            abandoned=(folder / "abandoned.json").exists(),
        )
        if not entry.open:
            self._settled[number] = entry
        return entry

    def begin(self, number: int, intent: Intent) -> Entry | None:
        """Take submission `number`; None when somebody else was faster."""
        folder = self.path / f"{number:04d}"
        self.path.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir()
        except FileExistsError:
            return None
        write_beside(folder / "intent.json", intent.model_dump_json())
        return Entry(number=number, folder=folder, intent=intent, jobs=None, abandoned=False)

    def token(self, study: str, number: int) -> str:
        """Return the name by which jobs of a submission are found again in a queue."""
        return f"{study[:40]}-{digest(str(self.path.resolve()))[:6]}-{number:04d}"
