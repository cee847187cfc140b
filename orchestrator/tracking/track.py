"""Evidence ▸ records ▸ MLflow: a replay of the run folder that may be repeated, interrupted and resumed."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Observer, read_submission
from orchestrator.messages.errors import TrackingBusyError
from orchestrator.tracking.edges.mlflow_store import open_study, serve, tracking_uri
from orchestrator.tracking.edges.shown import VIEW
from orchestrator.tracking.mlflow_records import files, measures, parent_records, trial_records
from orchestrator.tracking.naming import columns

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission

_TICK_S = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a sync has added to MLflow."""

    created: int
    """MLflow runs: of trials, of stages and of the study itself."""
    updated: int
    metrics: int
    """Numbers logged."""
    files: int
    experiment: str
    """MLflow's number of the study, for links."""


def sync(runs: RunFolder, submission: Submission, seen: Seen, uri: str | None = None) -> Synced:
    """Bring MLflow up to date with a study; what it shows already is not written again.

    Raises TrackingBusyError while another program does it, and OrchestratorError when MLflow cannot be used.
    """
    records = trial_records(runs, submission, seen)
    parents = parent_records(submission, seen, records)
    with open_study(runs.path, submission.study.name, uri) as shown:
        for parent in parents:
            shown.write(parent, (), {})
        for record in records:
            if not shown.is_current(record):
                folder = runs.trial(seen.plan.by_id[record.key])
                shown.write(record, measures(folder, seen.evidence[record.key]), files(folder))
        shown.leave(record.key for record in [*parents, *records])
        shown.arrange(columns(submission.study, seen))
        return Synced(
            created=shown.created,
            updated=shown.updated,
            metrics=shown.metrics,
            files=shown.files,
            experiment=shown.experiment,
        )


def serve_ui(runs: RunFolder, studies: Sequence[str], port: int | None, say: Callable[[str], None]) -> None:
    """Open MLflow's UI and keep it current until Ctrl-C; where a tracking server is set, keep that current.

    Raises UserError when the port is taken, and OrchestratorError when MLflow does not come up.
    """
    say("writing to MLflow ...")
    synced = _sync_all(runs, studies)
    where = tracking_uri(runs.path)
    ui = None if where.startswith("http") else serve(runs.path, port)
    try:
        for name in studies:
            say(f"{name}: {study_page(ui.url if ui else where, synced.get(name))}")
        say("MLflow stays current until Ctrl-C")
        while ui is None or ui.server.poll() is None:
            time.sleep(_TICK_S)
            _sync_all(runs, studies)
    finally:
        if ui is not None:
            ui.close()


def _sync_all(runs: RunFolder, studies: Sequence[str]) -> dict[str, Synced]:
    synced: dict[str, Synced] = {}
    for name in studies:
        submission = read_submission(runs, name)
        with contextlib.suppress(TrackingBusyError):  # whoever writes now writes the same evidence
            synced[name] = sync(runs, submission, Observer(runs, submission).look())
    return synced


def study_page(url: str, synced: Synced | None) -> str:
    """Return the page of MLflow's UI with all trials of a study side by side."""
    if synced is None:
        return url
    return (
        f"{url}/#/experiments/{synced.experiment}/runs?workflowType=machine_learning&viewStateShareKey={VIEW}"
    )
