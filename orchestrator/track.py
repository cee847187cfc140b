"""Evidence ▸ records ▸ MLflow: a replay of the run folder that may be repeated, interrupted and resumed."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.core.state import NOTHING, State
from orchestrator.edges.store import read_lines
from orchestrator.edges.tracking import Attached, Measure, Record
from orchestrator.edges.tracking_store import open_study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from orchestrator.core.plan import Stage
    from orchestrator.core.state import Evidence, Seen
    from orchestrator.core.submission import Submission
    from orchestrator.core.trial import Trial
    from orchestrator.edges.store import RunFolder, TrialFolder

LARGEST_COPY = 5 * 1024**2
"""Bytes; larger artifacts stay in the trial's folder and are only listed."""
LONGEST_KEY = 250
LONGEST_PARAM = 6000
LONGEST_TAG = 5000
"""Characters: what MLflow's databases hold, `mlflow.utils.validation` and `mlflow.store.tracking.dbmodels`."""
_STATUS = {
    State.DONE: "FINISHED",
    State.FAILED: "FAILED",
    State.CANCELLED: "KILLED",
    State.PRUNED: "KILLED",
    State.BLOCKED: "KILLED",
}
"""MLflow's word for a state; all others may go on and are RUNNING."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync has added to MLflow."""

    created: int
    """MLflow runs: trials, stages and the study itself."""
    updated: int
    metrics: int
    """Numbers logged."""
    files: int


def sync(runs: RunFolder, submission: Submission, seen: Seen, uri: str | None = None) -> Synced:
    """Bring MLflow up to date with a study; what is there already is not written again.

    Raises TrackingBusyError while another program does it, and OrchestratorError when MLflow cannot be used.
    """
    trials = dict(_trial_records(runs, submission, seen))
    with open_study(runs.path, submission.study.name, uri) as shown:
        parents = _parent_records(submission, seen, trials)
        for parent in parents:
            shown.write(parent, (), {})
        for identity, record in trials.items():
            if not shown.is_current(record):
                folder, evidence = runs.trial(_by_id(seen)[identity]), seen.evidence.get(identity, NOTHING)
                shown.write(record, measures(folder, evidence), files(folder))
        shown.leave([*(parent.key for parent in parents), *trials])
        return Synced(
            created=shown.created, updated=shown.updated, metrics=shown.metrics, files=shown.files
        )
