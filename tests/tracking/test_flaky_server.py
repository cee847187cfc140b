"""A real tracking server, half of whose answers never come: everything is there once in the end."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.record_file import write_beside
from orchestrator.tracking.edges.mlflow_server import Ui, serve
from orchestrator.tracking.replay import Patience, Replay
from tests.mlflow_fixture import STUDY, trial_of
from tests.toy_fixture import environment
from tests.tracked_study import claim, finish, log

LOOKS = 60
"""More than it takes by far: each gets some trials further."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    """Give a real server, which keeps what it is sent."""
    ui = serve(tmp_path_factory.mktemp("server"))
    yield ui
    ui.close()


@pytest.fixture
def way(server: Ui) -> Iterator[str]:
    """Give the address of a proxy before it."""
    words = [sys.executable, "-m", "tests.tracking.flaky_proxy", server.url, "7"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, env=environment(), text=True) as proxy:
        assert proxy.stdout is not None
        yield proxy.stdout.readline().strip()
        proxy.kill()


@pytest.fixture
def notes(server: Ui, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Write two trials with points, artifacts and a report through the proxy; give what was said."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", way)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_JITTER", "0")  # nobody needs to be spared
    runs, said = RunFolder(tmp_path), list[str]()
    write_beside(runs.study("study") / "study.json", STUDY.model_dump_json())
    write_beside(runs.study("study") / "report/report.md", "all is well")
    for number in (0, 1):
        trial = trial_of(runs, number=number)
        log(claim(runs, trial), range(1500), loss=0.5)
        write_beside(runs.trial(trial).artifacts / "deep/best.txt", f"best {number}")
        finish(runs, trial, {"iou": 0.75})
    replay, patience = Replay(runs, "study"), Patience(said.append)
    for _ in range(LOOKS):
        patience.look([replay], lambda *_: None)
        if (runs.study("study") / "mlflow.txt").exists():  # written once a whole look found nothing new
            break
        time.sleep(0.01)
    return said


def kept(server: Ui) -> tuple[Any, list[Any]]:
    """Return a client of the server itself and the runs that it shows."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=server.url)
    experiment = client.get_experiment_by_name("study")
    return client, list(client.search_runs([experiment.experiment_id]))


@pytest.mark.slow
def test_everything_arrives_once(server: Ui, notes: list[str]) -> None:
    client, runs = kept(server)
    trials = [run for run in runs if "trial" in run.data.tags]
    points = [len(client.get_metric_history(run.info.run_id, "curves/loss")) for run in trials]
    best = [
        Path(client.download_artifacts(run.info.run_id, "artifacts/deep/best.txt")).read_text()
        for run in trials
    ]
    (study,) = (run for run in runs if run.data.tags.get("study"))

    assert Counter(run.info.run_name for run in runs) == dict.fromkeys(("study", "train", "s0", "s1"), 1)
    assert {run.info.status for run in trials} == {"FINISHED"}
    assert points == [1500, 1500]
    assert sorted(best) == ["best 0", "best 1"]
    assert Path(client.download_artifacts(study.info.run_id, "report/report.md")).read_text() == "all is well"
    assert notes
    assert not [note for note in notes if "tried again" not in note]
