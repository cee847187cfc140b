"""MLflow's UI: its own server, on this machine alone, over the database in the run folder.

runs/mlflow_ui.log
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from itertools import chain
from shlex import quote
from typing import TYPE_CHECKING

from orchestrator.messages.errors import OrchestratorError, UserError
from orchestrator.tracking.edges import first_visit
from orchestrator.tracking.edges.mlflow_store import QUIET, import_client, open_client, own_uri

if TYPE_CHECKING:
    from pathlib import Path

_FLASK_ALONE = f"--threads 8 --log-level warning --graceful-timeout 3 --config {quote(first_visit.__file__)}"
"""Under gunicorn MLflow's Assistant is left out: it runs commands for whoever reaches the port, and on a
login node that is everybody. A page that is open keeps a connection: the server waits 3 s for it, not 30."""
SLOWEST_START = 120
"""Seconds after which a UI that does not answer is given up."""
_LIBC = ctypes.CDLL(None)
_TOLD_AT_DEATH = 1
"""PR_SET_PDEATHSIG of prctl(2)."""


@dataclass(frozen=True, slots=True)
class Ui:
    """MLflow's UI while it is open."""

    url: str
    server: subprocess.Popen[bytes]

    def close(self) -> None:
        """End the server."""
        self.server.terminate()
        self.server.wait()

    def ends_within(self, seconds: float) -> bool:
        """Wait, and say whether the server has ended meanwhile."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.server.wait(seconds)
        return self.server.poll() is not None


def serve(runs: Path, port: int | None = None) -> Ui:
    """Open MLflow's UI on this machine alone and return once it answers.

    Raises UserError when the port is taken, and OrchestratorError when the server does not come up.
    """
    port = _free_port(port)
    log = runs / "mlflow_ui.log"
    runs.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as file:
        server = subprocess.Popen(
            _server_command(runs, port),
            env=_server_environment(),
            stdout=file,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - no thread is started yet
        )
    ui = Ui(f"http://127.0.0.1:{port}", server)
    try:
        import_client()  # takes as long as the server to come up
        deadline = time.monotonic() + SLOWEST_START
        while not answers(ui.url):
            if server.poll() is not None or time.monotonic() > deadline:
                open_client(own_uri(runs))  # says what is wrong with the database, if that is it
                raise OrchestratorError(f"MLflow's UI does not start; the end of {log}:\n{_tail(log)}")
            time.sleep(0.1)
    except BaseException:  # Ctrl-C too
        ui.close()
        raise
    return ui


def _end_with_parent() -> None:
    """Let the server end though this program is killed without a word."""
    _LIBC.prctl(_TOLD_AT_DEATH, signal.SIGTERM)


def _server_command(runs: Path, port: int) -> list[str]:
    options = {
        "--backend-store-uri": own_uri(runs),
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


def answers(url: str) -> bool:
    """Say whether a server answers there."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except OSError:  # a refused connection, or an answer that is an error
        return False


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
