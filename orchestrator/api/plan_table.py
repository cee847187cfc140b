"""What a study consists of before anything of it runs, as a value that a notebook shows."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from orchestrator.messages.terminal import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

_SHOWN = ("stage", "task", "trials", "undecided", "done", "to_do", "workers", "gpu_hours")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlanTable:
    """The stages and trials of a study, and what is left to train."""

    study: str
    """The name of the study."""
    stages: pd.DataFrame
    """One line per stage: task, trials, how many are undecided, done and to do, GPU-hours at most."""
    trials: pd.DataFrame
    """One line per trial, as in `results()`; those that a search chooses later are only counted."""
    to_do: int
    """Trials that are left to train, undecided ones included."""
    notes: Sequence[str] = ()
    """What is missing, or hardly meant."""

    def __repr__(self) -> str:
        head = f"{self.study}: {self.to_do} trials to do"
        return "\n".join([head, self.stages.to_string(index=False), *map(plain, self.notes)])

    def _repr_html_(self) -> str:
        lines = "\n".join(escape(plain(note)) for note in self.notes)
        return (
            f"<div><strong>{escape(self.study)}</strong>: {self.to_do} trials to do"
            f"{self.stages.to_html(index=False)}" + (f"<pre>{lines}</pre>" if lines else "") + "</div>"
        )


def stage_frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return what `plan` knows of each stage, without what only its shape says."""
    import pandas as pd

    return pd.DataFrame([{name: row[name] for name in _SHOWN} for row in rows], columns=list(_SHOWN))
