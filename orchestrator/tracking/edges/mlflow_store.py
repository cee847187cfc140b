"""Where MLflow keeps what it shows: written by one program at a time, never read for a decision.

runs/mlflow.db  runs/mlartifacts/  runs/mlflow.id  runs/mlflow.lock
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import time
import uuid
from typing import TYPE_CHECKING, Any

from orchestrator.files.record_file import publish
from orchestrator.messages.errors import (
    OrchestratorError,
    TrackingAwayError,
    TrackingBusyError,
    TrackingRefusedError,
)
from orchestrator.tracking.edges.own_database import do_not_wait, make_whole, wait_for_disk
from orchestrator.tracking.edges.reachable import is_reachable, without_password
from orchestrator.tracking.edges.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from orchestrator.tracking.edges.shown import OwnPoints

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
"""The environment in which MLflow tells nobody what it does."""
PATIENCE = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "4",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0",
    "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER": "0.5",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
"""Unless the user says otherwise: MLflow's own seven retries, each after twice as long, keep a node without
network for minutes. A call that fails is not lost: whoever writes looks again."""
_BLINK_S = 0.2
_OPENED: dict[Path, int] = {}
"""Inodes of databases: MLflow goes on with the file that it has opened, whatever takes its place."""


def tracking_uri(runs: Path, uri: str | None = None) -> str:
    """Return where MLflow stores: `uri`, else MLFLOW_TRACKING_URI, else SQLite in the run folder."""
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or own_uri(runs)


def own_uri(runs: Path) -> str:
    """Return the SQLite database in the run folder."""
    return f"sqlite:///{runs.resolve() / 'mlflow.db'}"


@contextlib.contextmanager
def only_writer(runs: Path, keeps: Sequence[str] = ()) -> Iterator[None]:
    """Hold the lock on writing to MLflow; raises TrackingBusyError, which says who holds it.

    `keeps` are the studies that this program will look at again once it has written this.
    """
    runs.mkdir(parents=True, exist_ok=True)
    with (runs / "mlflow.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder, *kept = file.read().splitlines() or ["another program"]
            raise TrackingBusyError(
                f"MLflow's copy of {runs} is being written by {holder}",
                hint="nothing is lost: it writes the same evidence; type it again when that one has ended",
                kept=kept,
            ) from error
        file.truncate(0)
        since = time.strftime("%Y-%m-%d %H:%M:%S")
        file.write("\n".join([f"pid {os.getpid()} on {socket.gethostname()} since {since}", *keeps]))
        file.flush()
        yield


@contextlib.contextmanager
def open_study(
    runs: Path,
    study: str,
    uri: str | None = None,
    own: OwnPoints | None = None,
    keeps: Sequence[str] = (),
) -> Iterator[Shown]:
    """Open a study's MLflow experiment for writing; it is made when it is not there.

    Raises TrackingBusyError while another program writes, TrackingRefusedError when MLflow does not take
    what is written, and OrchestratorError when it cannot be opened or the study's name is taken there by
    another run folder.
    """
    where = tracking_uri(runs, uri)
    with only_writer(runs, keeps):
        if where == own_uri(runs):
            with _own_study(runs, study, own) as shown:
                yield shown
            return
        _check_reachable(where)
        client = open_client(where)
        with _telling_refusals(where):
            yield Shown(client, _experiment(client, study, _owner(runs)), own=own)


@contextlib.contextmanager
def _own_study(runs: Path, study: str, own: OwnPoints | None) -> Iterator[Shown]:
    """Open a study in the run folder's own database."""
    database = runs.resolve() / "mlflow.db"
    import_client()
    make_whole(database, open_client)
    do_not_wait(database)
    client = open_client(own_uri(runs))
    _check_same(database)
    with _telling_refusals(own_uri(runs)):
        # relative to the server's own folder, so that the run folder may be moved as a whole
        experiment = _experiment(client, study, {}, f"mlflow-artifacts:/{study}")
        shown = Shown(client, experiment, runs / "mlartifacts", database, own)
        yield shown
        if shown.created or shown.updated:
            wait_for_disk(database)


def make_own_database(runs: Path) -> None:
    """Make MLflow's database in the run folder, unless it is there; wait while another program makes it."""
    runs.mkdir(parents=True, exist_ok=True)
    while not (runs / "mlflow.db").exists():
        with contextlib.suppress(TrackingBusyError), only_writer(runs):
            import_client()
            make_whole(runs.resolve() / "mlflow.db", open_client)
        time.sleep(_BLINK_S)


def _check_reachable(where: str) -> None:
    """Raise TrackingAwayError where nothing answers: MLflow itself would ask for minutes."""
    if not is_reachable(where):
        raise TrackingAwayError(
            f"MLflow at `{without_password(where)}` does not answer",
            hint="is the server up, and may this machine reach it? "
            "Without MLFLOW_TRACKING_URI a database in the run folder is used",
        )


def _check_same(database: Path) -> None:
    """Raise OrchestratorError where the file is another one than this program has opened."""
    found = database.stat().st_ino if database.exists() else 0
    if _OPENED.setdefault(database, found) != found:
        raise OrchestratorError(
            f"`{database}` was removed or replaced while this program had it open",
            hint="type it again: MLflow is written into the file that is there, or into a new one",
        )


@contextlib.contextmanager
def _telling_refusals(where: str) -> Iterator[None]:
    from mlflow.exceptions import MlflowException
    from requests.exceptions import RequestException

    try:
        yield
    except (MlflowException, RequestException) as error:  # the latter when files are sent
        raise TrackingRefusedError(
            f"MLflow at `{without_password(where)}` does not take what is written: {error}",
            hint="type it again: what is there stays, what is missing is written",
        ) from error


def _owner(runs: Path) -> dict[str, str]:
    """Return tags that tell this run folder from others on a shared server, wherever it is mounted."""
    file = runs / "mlflow.id"
    publish(file, uuid.uuid4().hex)
    return {"orchestrator.id": file.read_text(encoding="utf-8"), "orchestrator.runs": str(runs.resolve())}


def import_client() -> type[Any]:
    """Return MLflow's client, which tells nobody what it does."""
    os.environ.update({**PATIENCE, **os.environ, **QUIET})
    from mlflow.tracking import MlflowClient

    return MlflowClient


def open_client(uri: str) -> Any:
    """Return a client; raises OrchestratorError, which says what to do, where MLflow cannot be opened."""
    make = import_client()
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        client = make(tracking_uri=uri)
        client.search_experiments(max_results=1)
    except (MlflowException, SQLAlchemyError) as error:
        if uri.startswith("http"):
            raise TrackingRefusedError(
                f"MLflow at `{without_password(uri)}` cannot be opened: {error}",
                hint="is the server up? Without MLFLOW_TRACKING_URI a database in the run folder is used",
            ) from error
        raise OrchestratorError(
            f"MLflow at `{without_password(uri)}` cannot be opened: {error}",
            hint=f"after a change of MLflow's version type `mlflow db upgrade {uri}`, or move the database "
            "away: everything in it can be written again",
        ) from error
    return client


def _experiment(client: Any, study: str, owner: dict[str, str], artifacts: str | None = None) -> str:
    found = client.get_experiment_by_name(study)
    if found is None:
        tags = {
            "mlflow.experimentKind": "custom_model_development",  # the UI shows training, not chat
            "mlflow.note.content": f"The study `{study}`. Written from its run folder and never read back.",
        }
        return str(client.create_experiment(study, artifact_location=artifacts, tags={**tags, **owner}))
    if owner and found.tags.get("orchestrator.id") != owner["orchestrator.id"]:
        raise OrchestratorError(
            f"the MLflow experiment `{study}` was not made from {owner['orchestrator.runs']}, "
            f"but from {found.tags.get('orchestrator.runs', 'elsewhere')}",
            hint="give the study another name, or rename the MLflow experiment",
        )
    if found.lifecycle_stage == "deleted":
        client.restore_experiment(found.experiment_id)
    return str(found.experiment_id)
