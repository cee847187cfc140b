"""A trial that a worker has taken: the attempt at it, and what decides whether it ends early."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.engine.pruning import Pruning
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An attempt at a trial, as its worker has it."""

    trial: Trial
    number: int
    folder: TrialFolder
    pruning: Pruning | None

    @property
    def attempt(self) -> Path:
        """The folder of the attempt."""
        return self.folder.attempt(self.number)

    @property
    def pruned(self) -> bool:
        """Whether a pruner has ended the trial."""
        return self.pruning is not None and self.pruning.pruned is not None
