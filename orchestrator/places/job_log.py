"""The launches of a study, numbered: intent first, jobs after, so that a crash between them can be mended.

    studies/<name>/jobs/0007/  intent.json  submitted.json  started-<n>  ended-<n>  gpu-failure-<n>.json  logs

The folder is renamed into its place with the intent in it, which fails where one is already: of two programs
that decide at the same moment, one wins and the other looks again. What came of the intent is one file,
linked into its place: whoever is first has decided, for good, and jobs that it does not name end at once.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from orchestrator.files.plain_file import is_plain, plain_text
from orchestrator.files.record_file import publish, read_stored, write_beside
from orchestrator.places import program
from orchestrator.places.profile import LOCAL
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Stored, digest

if TYPE_CHECKING:
    from pathlib import Path


class Intent(Stored):
    """What is about to be started."""

    token: str
    """In the job's name: the queue is searched for it before anything is started again."""
    cluster: str
    scheduler: str = "slurm"
    kind: Literal["workers", "sentinel"]
    shape: Shape
    count: int
    after: tuple[str, ...] = ()
    """Jobs that a sentinel waits for."""
    avoid: tuple[str, ...] = ()
    """Nodes that failed a while ago."""
    code: str
    starter: str
    """The program that starts the jobs, as `places.program` names it."""
    time: float

    @property
    def kind_of_place(self) -> str:
        """The place that was asked for the jobs; older intents of this machine do not name it."""
        return LOCAL.scheduler if self.cluster == LOCAL.name else self.scheduler


class Launched(Stored):
    """The jobs that came of an intent; none when it was abandoned."""

    jobs: tuple[str, ...] = ()
    full: str = ""
    """What the scheduler said when there was no room for so many jobs."""
    waiting: int = 0
    """Workers that were still wanted then."""
    queued: int = 0
    """Jobs of the user that were in the queue then."""


class GpuFailure(Stored):
    """Why a worker claimed nothing: it could not use the GPUs that it asked for."""

    job: str
    host: str
    node: str = ""
    """What the scheduler calls the host; empty where it has no choice of nodes."""
    gpus: int
    found: str
    time: float

    @property
    def where(self) -> str:
        """The node, as people know it."""
        return self.node or self.host


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One start of workers, or of a sentinel, as its folder shows it."""

    number: int
    folder: Path
    intent: Intent | None
    launched: Launched | None
    """None while nobody knows whether anything was started."""

    @property
    def open(self) -> bool:
        """Whether it is not known what came of it."""
        return self.launched is None

    @property
    def starter(self) -> str | None:
        """The program that starts or started the jobs."""
        return self.intent.starter if self.intent else None

    def starter_lives(self) -> bool | None:
        """Say whether that program still lives; None when nobody can tell here."""
        return program.is_alive(self.starter) if self.starter else None

    @property
    def jobs(self) -> tuple[str, ...]:
        """The jobs that came of it, as far as anybody knows."""
        return self.launched.jobs if self.launched else ()

    @property
    def age(self) -> float:
        """Seconds since its starter last gave a sign of life."""
        return time.time() - self.folder.stat().st_mtime

    def touch(self) -> None:
        """Give a sign of life."""
        os.utime(self.folder)

    def started(self) -> set[str]:
        """Return the jobs of those of its workers that have begun."""
        return self._marks("started-")

    def ended(self) -> set[str]:
        """Return the jobs of those of its workers that have said goodbye."""
        return self._marks("ended-")

    def gpu_failures(self) -> list[GpuFailure]:
        """Return why workers of it claimed nothing, of those that could not use their GPUs."""
        found = [read_stored(file, GpuFailure) for file in sorted(self.folder.glob("gpu-failure-*.json"))]
        return [failure for failure in found if failure is not None]

    def cannot_use_gpus(self, index: int, failure: GpuFailure) -> None:
        """Record that a worker will claim nothing, and why."""
        publish(self.folder / f"gpu-failure-{index}.json", failure.model_dump_json(indent=1))

    def _marks(self, prefix: str) -> set[str]:
        return {plain_text(file) for file in self.folder.glob(f"{prefix}*") if is_plain(file)}

    def mark(self, what: Literal["started", "ended"], index: int, job: str) -> None:
        """Record that a worker begins or leaves."""
        publish(self.folder / f"{what}-{index}", job)

    def settle(self, launched: Launched) -> Launch:
        """Record what came of it, and return the launch as it is now: somebody else may have been faster."""
        file = self.folder / "submitted.json"
        publish(file, launched.model_dump_json())
        return replace(self, launched=read_stored(file, Launched))


class JobLog:
    """All launches of a study, in order."""

    def __init__(self, study_folder: Path) -> None:
        self.path = study_folder / "jobs"
        self._settled: dict[int, Launch] = {}

    def launches(self) -> list[Launch]:
        """Return every launch so far."""
        try:
            numbers = sorted(int(name) for name in os.listdir(self.path) if name.isascii() and name.isdigit())  # noqa: PTH208 - names
        except FileNotFoundError:
            return []
        return [self.launch(number) for number in numbers]

    def launch(self, number: int) -> Launch:
        """Return one launch."""
        if number in self._settled:
            return self._settled[number]
        folder = self.path / f"{number:04d}"
        launch = Launch(
            number=number,
            folder=folder,
            intent=read_stored(folder / "intent.json", Intent),
            launched=read_stored(folder / "submitted.json", Launched),
        )
        if not launch.open:
            self._settled[number] = launch
        return launch

    def begin(self, number: int, intent: Intent) -> Launch | None:
        """Take launch `number`; None when somebody else was faster."""
        folder = self.path / f"{number:04d}"
        beside = folder.with_name(f".{folder.name}.{os.getpid()}.{os.urandom(4).hex()}")
        write_beside(beside / "intent.json", intent.model_dump_json())
        try:
            beside.rename(folder)
        except OSError:
            moved = not beside.exists()  # a network file system may carry it out, and ask for it again
            shutil.rmtree(beside, ignore_errors=True)
            if not moved and not folder.exists():
                raise
            if not moved or read_stored(folder / "intent.json", Intent) != intent:
                return None
        return Launch(number=number, folder=folder, intent=intent, launched=None)

    def token(self, study: str, number: int) -> str:
        """Return the name by which jobs of a launch are found again in a queue."""
        return f"{study[:40]}-{digest(str(self.path.resolve()))[:6]}-{number:04d}"
