"""Where MLflow stores."""

from pathlib import Path

import pytest

from orchestrator.tracking.edges.mlflow_store import tracking_uri


def test_the_uri_given_comes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://environment")

    assert tracking_uri(tmp_path) == "http://environment"
    assert tracking_uri(tmp_path, "http://given") == "http://given"
