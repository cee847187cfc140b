"""MLflow's UI, open while the studies of a run folder are brought up to date in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.tracking.edges.mlflow_server import serve
from orchestrator.tracking.edges.mlflow_store import make_own_database, tracking_uri
from orchestrator.tracking.replay import Patience, Replay
from orchestrator.tracking.views import VIEW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.tracking.edges.mlflow_server import Ui
    from orchestrator.tracking.track import Counted

_TICK_S = 15
"""A UI is open for hours, mostly over studies that have ended, and a login node is not only ours."""


def serve_ui(
    runs: RunFolder,
    studies: Sequence[str],
    port: int | None,
    say: Callable[[str], None],
    counted: Counted,
    *,
    opened: Callable[[], None] = lambda: None,
) -> None:
    """Open MLflow's UI and keep it current until Ctrl-C; where a tracking server is set, keep that current.

    `opened` is called once the UI answers.

    Raises UserError when the port is taken, and OrchestratorError when MLflow does not come up.
    """
    replays = [Replay(runs, name, studies) for name in studies]
    patience = Patience(say, _TICK_S)
    where = tracking_uri(runs.path)
    ui = None
    if not where.startswith("http"):
        make_own_database(runs.path)
        ui = serve(runs.path, port)
    try:
        opened()
        for replay in replays:
            say(f"{replay.name}: {study_page(ui.url if ui else where, replay.experiment())}")
        say("trials appear there as they are written ...")
        pause = patience.look(replays, counted)
        say("MLflow stays current until Ctrl-C")
        while _lasts(ui, pause):
            pause = patience.look(replays, counted)
    finally:
        if ui is not None:
            ui.close()


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
