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
from orchestrator.messages.errors import OrchestratorError, TrackingBusyError, TrackingRefusedError
from orchestrator.tracking.edges.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.tracking.edges.shown import OwnPoints

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
"""The environment in which MLflow tells nobody what it does."""
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "30"}
"""Unless the user says otherwise: MLflow's own seven retries keep a node without network for minutes."""
_OPENED: dict[Path, int] = {}
"""Inodes of databases: MLflow goes on with the file that it has opened, whatever takes its place."""


def tracking_uri(runs: Path, uri: str | None = None) -> str:
    """Return where MLflow stores: `uri`, else MLFLOW_TRACKING_URI, else SQLite in the run folder."""
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or own_uri(runs)


def own_uri(runs: Path) -> str:
    """Return the SQLite database in the run folder."""
    return f"sqlite:///{runs.resolve() / 'mlflow.db'}"


@contextlib.contextmanager
def only_writer(runs: Path) -> Iterator[None]:
    """Hold the lock on writing to MLflow; raises TrackingBusyError, which says who holds it."""
    runs.mkdir(parents=True, exist_ok=True)
    with (runs / "mlflow.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip() or "another program"
            raise TrackingBusyError(
                f"MLflow's copy of {runs} is being written by {holder}",
                hint="nothing is lost: it writes the same evidence; type it again when that one has ended",
            ) from error
        file.truncate(0)
        file.write(f"pid {os.getpid()} on {socket.gethostname()} since {time.strftime('%Y-%m-%d %H:%M:%S')}")
        file.flush()
        yield


@contextlib.contextmanager
def open_study(
    runs: Path, study: str, uri: str | None = None, own: OwnPoints | None = None
) -> Iterator[Shown]:
    """Open a study's MLflow experiment for writing; it is made when it is not there.

    Raises TrackingBusyError while another program writes, TrackingRefusedError when MLflow does not take
    what is written, and OrchestratorError when it cannot be opened or the study's name is taken there by
    another run folder.
    """
    where = tracking_uri(runs, uri)
    with only_writer(runs):
        client = open_client(where)
        with _telling_refusals(where):
            if where == own_uri(runs):
                _check_same(runs.resolve() / "mlflow.db")
                # relative to the server's own folder, so that the run folder may be moved as a whole
                experiment = _experiment(client, study, {}, f"mlflow-artifacts:/{study}")
                yield Shown(client, experiment, runs / "mlartifacts", runs.resolve() / "mlflow.db", own)
            else:
                yield Shown(client, _experiment(client, study, _owner(runs)), own=own)


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

    try:
        yield
    except MlflowException as error:
        raise TrackingRefusedError(
            f"MLflow at `{where}` does not take what is written: {error}",
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
        raise OrchestratorError(
            f"MLflow at `{uri}` cannot be opened: {error}",
            hint="is the server up? Without MLFLOW_TRACKING_URI a database in the run folder is used"
            if uri.startswith("http")
            else f"after a change of MLflow's version type `mlflow db upgrade {uri}`, or move the database "
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
