"""A run folder with a real MLflow database, and what tests ask of both."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.submission import Submission
from orchestrator.study.trial import Trial
from orchestrator.tracking.edges.mlflow_store import open_study, tracking_uri
from orchestrator.tracking.track import Synced, sync
from tests.tracked_study import look, points, stage, submission

STUDY = submission("study", stage("train", points(encoder=["vgg16"], seed=[0, 1])))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return MLflow's database without any study: to make one takes seconds."""
    runs = tmp_path_factory.mktemp("empty")
    with open_study(runs, "template"):
        return runs / "mlflow.db"


@pytest.fixture
def runs(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(migrated, tmp_path / "mlflow.db")
    return RunFolder(tmp_path)


def trial_of(runs: RunFolder, study: Submission = STUDY, number: int = 0) -> Trial:
    return look(runs, study).plan.trials[number]


def replay(runs: RunFolder, study: Submission = STUDY) -> Synced:
    return sync(runs, study, look(runs, study))


def client(runs: RunFolder) -> Any:
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=tracking_uri(runs.path))


def shown(runs: RunFolder, words: str = "tags.trial LIKE '%'", study: str = "study") -> list[Any]:
    """Return the MLflow runs of a study that match."""
    mlflow = client(runs)
    found = mlflow.search_runs([mlflow.get_experiment_by_name(study).experiment_id], words)
    return list(found)


def history(runs: RunFolder, key: str) -> list[tuple[int, float, int]]:
    """Return step, value and milliseconds of what the only trial shown logged by step."""
    (run,) = shown(runs)
    found = client(runs).get_metric_history(run.info.run_id, f"curves/{key}")
    return sorted((metric.step, metric.value, metric.timestamp) for metric in found)


def artifact(runs: RunFolder, name: str) -> Path:
    (run,) = shown(runs)
    return runs.path / "mlartifacts" / run.info.artifact_uri.removeprefix("mlflow-artifacts:/") / name


class Watched:
    """MLflow's client, and the names of the calls that were made through it; it may be killed before one."""

    def __init__(self, runs: RunFolder, killed_before: str = "") -> None:
        self._client = client(runs)
        self._killed_before = killed_before
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name == self._killed_before:
            raise KeyboardInterrupt
        self.calls.append(name)
        return getattr(self._client, name)
