"""The rows of MLflow's database say what its client says; where they cannot be read, the client is asked."""

from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.tracking.edges.mlflow_runs import MlflowRun, find_runs, read_rows, search
from tests.mlflow_fixture import Watched, client, replay, trial_of
from tests.tracked_study import claim, finish, log


@pytest.fixture
def written(runs: RunFolder) -> RunFolder:
    """Give a study of which one trial is done and one has begun."""
    log(claim(runs, trial_of(runs)), [1], loss=0.5)
    finish(runs, trial_of(runs), {"iou": 0.75})
    claim(runs, trial_of(runs, number=1), at=1_700_000_500.0)
    replay(runs)
    return runs


def number(runs: RunFolder) -> str:
    return str(client(runs).get_experiment_by_name("study").experiment_id)


def rows(runs: RunFolder) -> list[MlflowRun]:
    return read_rows(runs.path / "mlflow.db", number(runs))


def test_rows_say_what_the_client_says(written: RunFolder) -> None:
    assert len(rows(written)) == 4
    assert rows(written) == list(search(client(written), number(written)))


def test_a_run_that_somebody_has_deleted_is_not_there(written: RunFolder) -> None:
    (gone, *left) = rows(written)
    client(written).delete_run(gone.number)

    assert rows(written) == left


def test_the_client_is_not_asked_where_rows_can_be_read(written: RunFolder) -> None:
    mlflow = Watched(written)

    assert len(list(find_runs(mlflow, number(written), written.path / "mlflow.db"))) == 4
    assert mlflow.calls == []


def test_where_rows_cannot_be_read_the_client_is_asked(written: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("no database")

    assert list(find_runs(client(written), number(written), tmp_path / "other.db")) == rows(written)
