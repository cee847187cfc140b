"""Where MLflow stores."""

from pathlib import Path

import pytest

from orchestrator.messages.errors import TrackingBusyError
from orchestrator.tracking.edges.mlflow_store import make_own_database, only_writer, tracking_uri


def test_the_uri_given_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://environment")

    assert tracking_uri(tmp_path) == "http://environment"
    assert tracking_uri(tmp_path, "http://given") == "http://given"


def test_who_holds_the_lock_says_what_it_goes_on_to_write(tmp_path: Path) -> None:
    with (
        only_writer(tmp_path, ["faces", "digits"]),
        pytest.raises(TrackingBusyError) as told,
        only_writer(tmp_path),
    ):
        pass

    assert told.value.kept == {"faces", "digits"}


def test_a_database_is_made_once_by_whoever_comes_first(tmp_path: Path) -> None:
    make_own_database(tmp_path)
    before = (tmp_path / "mlflow.db").stat().st_ino
    make_own_database(tmp_path)

    assert (tmp_path / "mlflow.db").stat().st_ino == before
