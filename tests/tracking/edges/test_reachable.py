import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from orchestrator.tracking.edges.reachable import is_reachable, without_password


class Refusing(BaseHTTPRequestHandler):
    """Answers everything by 503."""

    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_port_that_nobody_serves_is_not() -> None:
    assert not is_reachable("http://127.0.0.1:9")


def test_a_server_that_refuses_is(refusing: str) -> None:
    assert is_reachable(refusing)


def test_a_database_is() -> None:
    assert is_reachable("sqlite:////somewhere/mlflow.db")


@pytest.mark.parametrize(
    ("where", "shown"),
    [("https://me:secret@host/mlflow", "https://host/mlflow"), ("http://host:5000", "http://host:5000")],
)
def test_a_password_is_not_shown(where: str, shown: str) -> None:
    assert without_password(where) == shown
