"""Evidence ▸ records ▸ MLflow: a replay of the run folder that may be repeated, interrupted and resumed."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Newest, Observer
from orchestrator.messages.errors import TrackingBusyError, TrackingRefusedError
from orchestrator.tracking.edges.mlflow_server import serve
from orchestrator.tracking.edges.mlflow_store import open_study, tracking_uri
from orchestrator.tracking.mlflow_records import files, measures, parent_records, trial_records, views
from orchestrator.tracking.views import VIEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.tracking.edges.mlflow_server import Ui
    from orchestrator.tracking.edges.shown import OwnPoints

Counted = Callable[[str, int, int], None]
"""Is told how many trials of a study MLflow shows, and of how many."""
_TICK_S = 15
_REST = 10
"""Times as long as a look took that found nothing new, nothing is done: a login node is not only ours."""
_LONGEST_TICK_S = 300


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


def sync(
    runs: RunFolder,
    submission: Submission,
    seen: Seen,
    uri: str | None = None,
    *,
    counted: Counted = lambda *_: None,
    own: OwnPoints | None = None,
) -> Synced:
    """Bring MLflow up to date with a study; what it shows already is not written again.

    Whoever does so again and again hands the same `own` each time, which spares reading points.

    Raises TrackingBusyError while another program does it, TrackingRefusedError when MLflow does not take
    it, and OrchestratorError when MLflow cannot be used.
    """
    records = trial_records(runs, submission, seen)
    parents = parent_records(submission, seen, records)
    with open_study(runs.path, submission.study.name, uri, own) as shown:
        for parent in parents:
            shown.write(parent, (), {})
        pending = [record for record in records if not shown.is_current(record)]
        for left, record in zip(range(len(pending), 0, -1), pending, strict=True):
            counted(submission.study.name, len(records) - left, len(records))
            folder = runs.trial(seen.plan.by_id[record.key])
            shown.write(record, measures(folder, seen.evidence[record.key]), files(folder))
        if pending:
            counted(submission.study.name, len(records), len(records))
        shown.leave(record.key for record in [*parents, *records])
        shown.arrange(views(runs, submission, seen))
        return Synced(
            created=shown.created,
            updated=shown.updated,
            metrics=shown.metrics,
            files=shown.files,
            experiment=shown.experiment,
        )


class Replay:
    """The replay of one study, again and again; what cannot change any more is read once."""

    def __init__(self, runs: RunFolder, name: str) -> None:
        self.name = name
        self._runs = runs
        self._newest = Newest(runs, name)
        self._observer = Observer(runs, self._newest.submission)
        self._own: OwnPoints = {}

    def experiment(self) -> str | None:
        """Return MLflow's number of the study; None while another program writes."""
        with contextlib.suppress(TrackingBusyError), open_study(self._runs.path, self.name) as shown:
            return shown.experiment
        return None

    def sync(self, counted: Counted) -> bool:
        """Bring MLflow up to date, unless another program does so, and say whether something was new.

        Raises TrackingRefusedError when MLflow does not take it.
        """
        if self._newest.replaced():
            self._observer = Observer(self._runs, self._newest.read_again())
        with contextlib.suppress(TrackingBusyError):  # whoever writes now writes the same evidence
            seen = self._observer.look()
            synced = sync(self._runs, self._newest.submission, seen, counted=counted, own=self._own)
            return bool(synced.created or synced.updated)
        return False


def serve_ui(
    runs: RunFolder, studies: Sequence[str], port: int | None, say: Callable[[str], None], counted: Counted
) -> None:
    """Open MLflow's UI and keep it current until Ctrl-C; where a tracking server is set, keep that current.

    Raises UserError when the port is taken, and OrchestratorError when MLflow does not come up.
    """
    replays = [Replay(runs, name) for name in studies]
    where = tracking_uri(runs.path)
    ui = None if where.startswith("http") else serve(runs.path, port)
    try:
        for replay in replays:
            say(f"{replay.name}: {study_page(ui.url if ui else where, replay.experiment())}")
        say("trials appear there as they are written ...")
        pause = _sync_all(replays, say, counted)
        say("MLflow stays current until Ctrl-C")
        while _lasts(ui, pause):
            pause = _sync_all(replays, say, counted)
    finally:
        if ui is not None:
            ui.close()


def _sync_all(replays: Sequence[Replay], say: Callable[[str], None], counted: Counted) -> float:
    """Bring MLflow up to date, and return how long to wait for the next time."""
    began, new = time.monotonic(), False
    for replay in replays:
        try:
            new |= replay.sync(counted)
        except TrackingRefusedError as error:  # somebody removed what was just read, or the server is away
            say(f"note: {error}; the next look tries again")
    return _TICK_S if new else min(max(_TICK_S, _REST * (time.monotonic() - began)), _LONGEST_TICK_S)


def _lasts(ui: Ui | None, seconds: float) -> bool:
    """Wait, and say whether the UI is still open then."""
    if ui is None:
        time.sleep(seconds)
        return True
    return not ui.ends_within(seconds)


def study_page(url: str, experiment: str | None) -> str:
    """Return the page of MLflow's UI with all trials of a study side by side."""
    if experiment is None:
        return url
    return f"{url}/#/experiments/{experiment}/runs?workflowType=machine_learning&viewStateShareKey={VIEW}"
