"""MLflow's server: reachable from this machine alone, without what studies do not need."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.errors import OrchestratorError, UserError
from orchestrator.tracking.edges.mlflow_server import Ui, serve
from orchestrator.tracking.track import sync
from tests.tracked_study import claim, log, look, points, stage, submission

STUDY = submission("served", stage("train", points(encoder=["vgg16"], seed=[0])))


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    opened = serve(tmp_path_factory.mktemp("server"))
    yield opened
    opened.close()


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(UserError, match="cannot be used"):
        serve(tmp_path, taken.getsockname()[1])


@pytest.mark.slow
def test_an_unusable_database_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("no database")

    with pytest.raises(OrchestratorError) as caught:
        serve(tmp_path)
    assert "mlflow db upgrade" in str(caught.value.hint)


@pytest.mark.slow
def test_a_study_is_written_through_a_server(ui: Ui, tmp_path: Path) -> None:
    runs = RunFolder(tmp_path)
    log(claim(runs, look(runs, STUDY).plan.trials[0]), [1, 2], loss=0.5)
    first, second = (sync(runs, STUDY, look(runs, STUDY), ui.url) for _ in range(2))

    assert ((first.created, first.metrics, first.files), (second.updated, second.metrics)) == (
        (3, 2, 1),
        (0, 0),
    )


@pytest.mark.slow
def test_no_other_machine_reaches_it(ui: Ui) -> None:
    port = int(ui.url.rpartition(":")[2])
    sockets = [Path(f"/proc/{ui.server.pid}/net/{name}").read_text().split("\n") for name in ("tcp", "tcp6")]
    listening = [
        line.split()[1] for lines in sockets for line in lines if f":{port:04X} " in line and " 0A " in line
    ]

    assert listening == [f"0100007F:{port:04X}"]


def status(ui: Ui, path: str, host: str = "localhost") -> int:
    connection = http.client.HTTPConnection(ui.url.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers={"Host": host})
    found = connection.getresponse().status
    connection.close()
    return found


@pytest.mark.slow
@pytest.mark.parametrize("part", ["config", "providers"])
def test_nothing_that_runs_commands_is_served(ui: Ui, part: str) -> None:
    assert status(ui, f"/ajax-api/3.0/mlflow/assistant/{part}") == 404


@pytest.mark.slow
@pytest.mark.parametrize(("host", "expected"), [("localhost:8080", 200), ("evil.example", 403)])
def test_only_names_of_this_machine_are_answered(ui: Ui, host: str, expected: int) -> None:
    assert status(ui, "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0", host) == expected
