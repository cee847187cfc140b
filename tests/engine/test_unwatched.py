"""What is told of pruners that look at what no trial logs."""

from pathlib import Path

import pytest

from orchestrator.engine.unwatched import unwatched_notes
from tests.engine.pruned_fixture import make_pruned

pytestmark = pytest.mark.usefixtures("signals_put_back")


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, metric: str) -> list[str]:
    """Return what is told of a search whose trials log `loss` and `other`, once one is done."""
    pruned = make_pruned(folder, monkeypatch, {"name": "median", "metric": metric})
    pruned.ask([0.5, 0.25])
    pruned.train()
    return unwatched_notes(pruned.worker.runs, pruned.look())


def test_a_pruner_that_looks_at_what_is_logged_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told(tmp_path, monkeypatch, "loss") == []


def test_one_that_looks_at_something_else_is_told_with_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (note,) = told(tmp_path, monkeypatch, "losss")

    assert note.startswith("the pruner `median` of sweep ends nothing: it looks at `losss`, and trial ")
    assert "logged `loss`, `other`; did you mean `loss`?" in note


def test_nothing_is_told_before_a_trial_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pruned = make_pruned(tmp_path, monkeypatch, {"name": "median", "metric": "nowhere"})
    pruned.ask([0.5])

    assert unwatched_notes(pruned.worker.runs, pruned.look()) == []
