"""Let a study go on without this program: what the sentinel job is for, and what a worker does at its end."""

from __future__ import annotations

import time
from itertools import chain, repeat
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance
from orchestrator.engine.own_job import own_job
from orchestrator.messages.errors import SchedulerError
from orchestrator.messages.terminal import stamp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder

_FIRST_PAUSES_S, _LONGEST_PAUSE_S = (0, 2, 5, 15, 60, 150), 300
_LAST_S = 60


def wake(folder: Path) -> None:
    """Advance the study: what the sentinel job does when workers it watched are gone."""
    mine = own_job(folder, "sentinel")
    if mine is not None:
        hand_over(mine.runs, mine.submission.study.name, time.time() + mine.shape.time - _LAST_S)


def hand_over(
    runs: RunFolder, name: str, until: float, *, leaving: Callable[[], bool] = lambda: False
) -> None:
    """Advance a study until it is over or something else is sure to go on with it, at most until a Unix time.

    An answer may be missing, a file system away or full, a starter may just have died, lost workers' hearts
    may have beaten a moment ago.
    """
    said = ""
    for pause_s in chain(_FIRST_PAUSES_S, repeat(_LONGEST_PAUSE_S)):
        if time.time() + pause_s > until:
            break
        time.sleep(pause_s)
        try:
            advanced = advance(runs, name, leaving=leaving)
        except (SchedulerError, OSError) as error:
            hindrance = str(error)
        else:
            if advanced.watched and not advanced.elsewhere:
                return
            hindrance = advanced.hindrance
        if hindrance and hindrance != said:
            stamp(f"advance: {hindrance}")
            said = hindrance
    stamp(f"nothing is queued that would go on with `{name}`: type `advance {name}` when there is room")
