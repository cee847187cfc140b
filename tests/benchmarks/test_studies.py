from pathlib import Path

import pytest

from benchmarks.measuring import measure
from benchmarks.studies import Kind, Project, environment, study_of, write_project


@pytest.mark.parametrize("kind", ["noop", "random", "tpe"])
def test_a_study_can_be_planned(tmp_path: Path, kind: Kind) -> None:
    project = write_project(tmp_path, study_of(kind, trials=3, workers=2))
    planned = measure(project.command("plan"), project.folder, environment())

    assert planned.code == 0, planned.err


@pytest.mark.parametrize("folder", ["trials/task-0a", "trials/0a/task-0a"])
def test_results_are_counted_however_deep_trials_lie(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "result.json").touch()

    assert Project(tmp_path, tmp_path, tmp_path).results() == 1


def test_what_a_user_has_set_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://elsewhere")

    assert "MLFLOW_TRACKING_URI" not in environment()
