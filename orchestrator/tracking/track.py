"""Evidence ▸ records ▸ MLflow, once: what is shown already is not written again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.tracking.edges.mlflow_store import open_study
from orchestrator.tracking.mlflow_records import files, measures, parent_records, trial_records, views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.tracking.edges.record import Attached, Record
    from orchestrator.tracking.edges.shown import OwnPoints
    from orchestrator.tracking.views import SavedView

Counted = Callable[[str, int, int], None]
"""Is told how many trials of a study MLflow shows, and of how many."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What MLflow shall show of a study."""

    parents: Sequence[Record]
    """The study, its stages; none before a trial was begun."""
    trials: Sequence[Record]
    views: Sequence[SavedView]
    report: Sequence[Attached]
    """Files of its newest report."""


def wanted(runs: RunFolder, submission: Submission, seen: Seen, report: Sequence[Attached] = ()) -> Wanted:
    """Return what MLflow shall show, without points and artifacts of trials."""
    records = trial_records(runs, submission, seen)
    return Wanted(
        parents=parent_records(submission, seen, records),
        trials=records,
        views=views(runs, submission, seen),
        report=report,
    )


def sync(
    runs: RunFolder,
    submission: Submission,
    seen: Seen,
    uri: str | None = None,
    *,
    counted: Counted = lambda *_: None,
    own: OwnPoints | None = None,
) -> Synced:
    """Bring MLflow up to date with a study.

    Raises TrackingBusyError while another program does it, TrackingRefusedError when MLflow does not take
    it, and OrchestratorError when MLflow cannot be used.
    """
    return write(runs, submission, seen, wanted(runs, submission, seen), uri=uri, counted=counted, own=own)


def write(
    runs: RunFolder,
    submission: Submission,
    seen: Seen,
    what: Wanted,
    *,
    uri: str | None = None,
    counted: Counted = lambda *_: None,
    own: OwnPoints | None = None,
    keeps: Sequence[str] = (),
) -> Synced:
    """Write to MLflow what it lacks; raises as `sync`.

    Whoever does so again and again hands the same `own` each time, which spares reading points, and says by
    `keeps` which studies it will look at again.
    """
    name = submission.study.name
    with open_study(runs.path, name, uri, own, keeps) as shown:
        for parent in what.parents:
            shown.write(parent, (), _files_of(parent, what))
        pending = [record for record in what.trials if not shown.is_current(record)]
        for left, record in zip(range(len(pending), 0, -1), pending, strict=True):
            counted(name, len(what.trials) - left, len(what.trials))
            folder = runs.trial(seen.plan.by_id[record.key])
            shown.write(record, measures(folder, seen.evidence[record.key]), files(folder))
        if pending:
            counted(name, len(what.trials), len(what.trials))
        shown.leave(record.key for record in [*what.parents, *what.trials])
        shown.arrange(what.views)
        return Synced(
            created=shown.created,
            updated=shown.updated,
            metrics=shown.metrics,
            files=shown.files,
            experiment=shown.experiment,
        )


def _files_of(parent: Record, what: Wanted) -> Mapping[str, Sequence[Attached]]:
    """Return the files of the study itself; of a stage there are none."""
    return {"report": what.report} if parent.key == "study" and what.report else {}
