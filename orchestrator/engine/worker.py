"""Who a worker is, and how long it may work; what it does is told in `work.py`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.job_log import Launch
    from orchestrator.places.place import Place
    from orchestrator.places.wall_limit import WallLimit
    from orchestrator.study.shape import Shape


@dataclass
class Worker:
    """Who this worker is, and how long it may work."""

    runs: RunFolder
    submission: Submission
    launch: Launch
    shape: Shape
    place: Place
    job: str
    name: str
    limit: WallLimit
    fresh: bool = True
    """Whether it has just come: then it starts a trial however late it is, so that a study gets on."""
    stopping: bool = False
    advanced: float = 0.0
    """When it last looked after the study as a whole."""

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the trial at hand, which is told to save itself; nothing else happens inside a signal."""
        self.stopping = True

    def enough_time(self) -> bool:
        """Say whether another trial could get on before the wall limit."""
        return self.fresh or self.limit.leaves_enough(time.time())
