"""Who a worker is, and how long it may work; what it does is told in `work.py`."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.engine.edges.work_folder import SpareFolder
from orchestrator.engine.histories import Histories
from orchestrator.engine.own_job import OwnJob

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from orchestrator.engine.edges.slot import Slot
    from orchestrator.places.wall_limit import WallLimit
    from orchestrator.study.edges.task_source import Task


@dataclass(kw_only=True, repr=False)
class Worker(OwnJob):
    """Who this worker is, and how long it may work."""

    name: str
    limit: WallLimit
    fresh: bool = True
    """Whether it has just come: then it starts a trial however late it is, so that a study gets on."""
    tasks: dict[str, Task] = field(default_factory=dict)
    """Those that it has imported, by name."""
    forks: int = 0
    """How many runners it has forked."""
    slot: Slot | None = None
    """Which of its slots this program is, where it has several."""
    stopping: bool = False
    broken: bool = False
    """Whether a GPU of its failed under a trial: it takes no other one."""
    gpus_measured: bool = True
    """Whether there may be a library by which the use of its GPUs is measured."""
    advanced: float = 0.0
    """When it last looked after the study as a whole."""

    @property
    def alone(self) -> bool:
        """Whether none of its other slots is at a trial: the worker would end with this one."""
        return self.slot is None or not self.slot.others_busy()

    @cached_property
    def code(self) -> Path:
        """The snapshot of the project that its trials run."""
        return self.runs.study(self.submission.study.name) / "code" / self.submission.code

    @cached_property
    def histories(self) -> Histories:
        """How trials went that pruners look at."""
        return Histories(self.runs)

    @cached_property
    def spare(self) -> SpareFolder:
        """The folder that it lends to its attempts."""
        return SpareFolder(self.launch.folder / f"work-{self.name}", self.code)

    @cached_property
    def room(self) -> Path:
        """The file by which it keeps room on the disk for the records of its attempts."""
        return self.launch.folder / f".room-{self.name}"

    def tidy(self) -> None:
        """Remove what it needs no more."""
        self.spare.remove()
        self.room.unlink(missing_ok=True)

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the trial at hand, which is told to save itself; nothing else happens inside a signal."""
        self.stopping = True

    def enough_time(self) -> bool:
        """Say whether another trial could get on before the wall limit."""
        return self.fresh or self.limit.leaves_enough(time.time())

    def fit(self) -> bool:
        """Say whether it may take another trial, as far as that is for itself to say."""
        return not self.stopping and not self.broken and self.enough_time()
