"""A study goes from `submit` to its end on a scheduler that the engine has never heard of."""

import json
import os
from pathlib import Path

import pytest

from tests.places.pbs import make_pbs
from tests.toy_fixture import Toy

pytestmark = pytest.mark.slow

STUDY = """
study: s
axes: {lr: [0.1, 0.2, 0.3]}
stages:
  a: {task: toy.train, over: [lr]}
  b: {task: toy.use, over: [lr], needs: {source: a}}
"""
REGISTERED = """
from orchestrator.places.table import PLACES
from tests.places.pbs import PbsCluster

PLACES["pbs"] = PbsCluster
"""
"""The one line in the table, carried out by every Python that starts here: commands and workers alike."""
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def queue(toy: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a PBS that the profile `pbs.yaml` names."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(REGISTERED)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path / 'site'}{os.pathsep}{ROOT}")
    monkeypatch.setenv("PATH", f"{make_pbs(tmp_path / 'pbs')}{os.pathsep}{os.environ['PATH']}")
    (toy.folder / "pbs.yaml").write_text("name: site\nscheduler: pbs\nmax_array_size: 3\nlease: 20\n")
    toy.study(STUDY)
    return tmp_path / "pbs"


def is_empty(queue: Path) -> bool:
    return {file.read_text() for file in queue.glob("jobs/*/*/state")} == {"F\n"}


def test_a_study_is_trained_to_its_end_and_nothing_is_left_in_the_queue(toy: Toy, queue: Path) -> None:
    toy.type("submit", "study.yaml", "--cluster", "pbs.yaml")
    toy.wait(lambda: toy.json("status", "s")["states"] == {"DONE": 6})
    toy.wait(lambda: is_empty(queue))
    intents = [json.loads(file.read_text()) for file in toy.folder.glob("runs/studies/s/jobs/*/intent.json")]

    assert {trial["attempts"] for trial in toy.trials("s")} == {1}
    assert {intent["scheduler"] for intent in intents} == {"pbs"}
    assert {intent["kind"] for intent in intents} == {"workers", "sentinel"}


def test_what_is_cancelled_leaves_the_queue(toy: Toy, queue: Path) -> None:
    (queue / "hold").touch()
    toy.type("submit", "study.yaml", "--cluster", "pbs.yaml")
    before = is_empty(queue)
    toy.type("cancel", "s")

    assert (before, is_empty(queue)) == (False, True)


def test_a_scheduler_that_nobody_knows_is_told(toy: Toy) -> None:
    toy.study(STUDY)
    (toy.folder / "x.yaml").write_text("name: site\nscheduler: pbss\n")
    told = toy.type("submit", "study.yaml", "--cluster", "x.yaml", code=2).stderr

    assert "has the scheduler `pbss`, which is not known; known are slurm" in told
