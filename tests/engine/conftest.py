"""What tests of the engine share: a run folder, and a Slurm of small programs with an empty queue."""

from pathlib import Path

import pytest

from orchestrator.evidence.edges.run_folder import RunFolder
from tests.engine.queue_programs import Queue, make_programs
from tests.engine.spread_fixture import spread

__all__ = ["spread"]


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    """Give an empty run folder."""
    return RunFolder(tmp_path / "runs")


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    """Give the programs' queue."""
    return make_programs(tmp_path / "queue", monkeypatch)
