"""The decisions of pruners in the folder of a trial.

    attempts/001/pruning.jsonl      a line for each step that was decided, written before it is answered

The worker of an attempt writes it, alone. A line that is torn was never answered, and is decided again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from orchestrator.evidence.decision import Decision, Judged, Standing, standing
from orchestrator.files.line_file import append_line, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import TrialFolder

PRUNING = "pruning.jsonl"


def record(attempt: Path, decision: Decision) -> None:
    """Write a decision down; one that ends the trial is safe on disk before anybody acts on it."""
    append_line(attempt / PRUNING, decision.model_dump(mode="json"), safe=decision.prune)


def read_decisions(attempt: Path) -> Iterator[Decision]:
    """Yield what was decided in an attempt; a line that is none is passed over."""
    for line in read_lines(attempt / PRUNING):
        try:
            yield Decision.model_validate(line)
        except ValidationError:
            continue


def read_standing(folder: TrialFolder) -> Standing:
    """Return where a trial stands after all of its attempts."""
    return standing(_judged(folder, number) for number in folder.numbers())


def ended_early(folder: TrialFolder) -> Decision | None:
    """Return the decision that has ended a trial, or once did; None where there was none."""
    decisions = (one for number in folder.numbers() for one in read_decisions(folder.attempt(number)))
    return next((one for one in decisions if one.prune), None)


def _judged(folder: TrialFolder, number: int) -> Judged:
    attempt, ended = folder.attempt(number), folder.read_exit(number)
    return Judged(
        decisions=tuple(read_decisions(attempt)),
        pruned=ended is not None and ended.outcome == "pruned",
        forgiven=(attempt / "forgiven").exists(),
    )
