"""What the trials of a stage log by step, as their files say."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from orchestrator.files.line_file import logged, read_lines
from orchestrator.tracking.naming import HOW_FAR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen

_HEAD = 100
"""Lines of a trial's metrics that are looked at."""


def logged_in(runs: RunFolder, seen: Seen, stage: str) -> Sequence[str]:
    """Return the metrics that trials of a stage log by step, as one of them did, best a finished one."""
    trials = sorted(seen.plan.of(stage), key=lambda trial: seen.evidence[trial.id].result is None)
    for trial in trials[:1]:
        folder = runs.trial(trial)
        for number in reversed(folder.numbers()):
            path = folder.attempt(number) / "metrics.jsonl"
            if path.is_file():
                return _names_in(path, path.stat().st_size)
    return ()


@lru_cache(maxsize=1000)
def _names_in(path: Path, _size: int) -> Sequence[str]:
    """Return the metrics of the first lines of a file that are logged at later steps than 0."""
    lines = filter(None, map(logged, islice(read_lines(path), _HEAD)))
    names = dict.fromkeys(name for step, metrics in lines if step > 0 for name in metrics)
    return tuple(name for name in names if name not in HOW_FAR)
