"""Where MLflow keeps what it shows, and its UI: written by one program at a time, never read for a decision.

runs/mlflow.db  runs/mlartifacts/  runs/mlflow.id  runs/mlflow.lock  runs/mlflow_ui.log
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from orchestrator.files.record_file import publish
from orchestrator.messages.errors import OrchestratorError, TrackingBusyError, UserError
from orchestrator.tracking.edges.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
}
"""The environment in which MLflow tells nobody what it does."""
PATIENCE = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "30"}
"""Unless the user says otherwise: MLflow's own seven retries keep a node without network for minutes."""
_FLASK_ALONE = "--threads 8 --log-level warning --graceful-timeout 3"
"""Under gunicorn MLflow's Assistant is left out: it runs commands for whoever reaches the port, and on a
login node that is everybody. A page that is open keeps a connection: the server waits 3 s for it, not 30."""
SLOWEST_START = 120
"""Seconds after which a UI that does not answer is given up."""


def tracking_uri(runs: Path, uri: str | None = None) -> str:
    """Return where MLflow stores: `uri`, else MLFLOW_TRACKING_URI, else SQLite in the run folder."""
    return uri or os.environ.get("MLFLOW_TRACKING_URI") or _own_uri(runs)


def _own_uri(runs: Path) -> str:
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
def open_study(runs: Path, study: str, uri: str | None = None) -> Iterator[Shown]:
    """Open a study's MLflow experiment for writing; it is made when it is not there.

    Raises TrackingBusyError while another program writes, and OrchestratorError when MLflow cannot be
    opened or the study's name is taken there by another run folder.
    """
    where = tracking_uri(runs, uri)
    with only_writer(runs):
        client = _client(where)
        if where == _own_uri(runs):
            # relative to the server's own folder, so that the run folder may be moved as a whole
            experiment = _experiment(client, study, {}, f"mlflow-artifacts:/{study}")
            yield Shown(client, experiment, runs / "mlartifacts", runs.resolve() / "mlflow.db")
        else:
            yield Shown(client, _experiment(client, study, _owner(runs)))


def _owner(runs: Path) -> dict[str, str]:
    """Return tags that tell this run folder from others on a shared server, wherever it is mounted."""
    file = runs / "mlflow.id"
    publish(file, uuid.uuid4().hex)
    return {"orchestrator.id": file.read_text(encoding="utf-8"), "orchestrator.runs": str(runs.resolve())}


def _client(uri: str) -> Any:
    os.environ.update({**PATIENCE, **os.environ, **QUIET})
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient
    from sqlalchemy.exc import SQLAlchemyError

    for noisy in ("mlflow", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        client = MlflowClient(tracking_uri=uri)
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


@dataclass(frozen=True, slots=True)
class Ui:
    """MLflow's UI while it is open."""

    url: str
    server: subprocess.Popen[bytes]

    def close(self) -> None:
        """End the server."""
        self.server.terminate()
        self.server.wait()


def serve(runs: Path, port: int | None = None) -> Ui:
    """Open MLflow's UI on this machine alone and return once it answers.

    Raises UserError when the port is taken, and OrchestratorError when the server does not come up.
    """
    port = _free_port(port)
    log = runs / "mlflow_ui.log"
    runs.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        server = subprocess.Popen(
            _server_command(runs, port), env=_server_environment(), stdout=file, stderr=subprocess.STDOUT
        )
    ui = Ui(f"http://127.0.0.1:{port}", server)
    deadline = time.monotonic() + SLOWEST_START
    while not _answers(ui.url):
        if server.poll() is not None or time.monotonic() > deadline:
            ui.close()
            raise OrchestratorError(f"MLflow's UI does not start; the end of {log}:\n{_tail(log)}")
        time.sleep(0.1)
    return ui


def _server_command(runs: Path, port: int) -> list[str]:
    options = {
        "--backend-store-uri": _own_uri(runs),
        "--artifacts-destination": (runs / "mlartifacts").resolve().as_uri(),
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": "1",
        "--gunicorn-opts": _FLASK_ALONE,
    }
    return [sys.executable, "-m", "mlflow", "server", *chain.from_iterable(options.items())]


def _server_environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
    # no language models are served here: its job runner would keep several more programs in memory
    return {**own, **QUIET, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def _free_port(wanted: int | None) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted or 0))
        except OSError as error:
            raise UserError(
                f"port {wanted} cannot be used: {error.strerror}", hint="leave --port out to get a free one"
            ) from error
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:  # a refused connection, or an answer that is an error
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
