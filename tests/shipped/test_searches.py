"""The searches that ship, at toy size with few answers: from drawn data to the best of each."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orchestrator.study.plan import Known, expand
from orchestrator.study.read import read_study

ROOT = Path(__file__).resolve().parents[2]
FEW = {
    "stages.elfw_hyperband.sweep.search.trials": 5,
    "face_segmentation_search.celeba.images": 60,
    "face_segmentation_search.gender.max_epochs": 1,
    "stages.face_segmentation_search.tune.search.trials": 3,
    "face_segmentation_search.tune.max_epochs": 4,
    "face_segmentation_search.segment.max_epochs": 4,
    "facial_attributes_search.celeba.images": 60,
    "stages.facial_attributes_search.single.search.trials": 3,
    "stages.facial_attributes_search.genage.search.trials": 3,
    "stages.facial_attributes_search.multi4.search.trials": 3,
}


def typed(*words: str) -> str:
    command = [sys.executable, "-m", "orchestrator", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searches")
    few = [word for key, value in FEW.items() for word in ("--set", f"{key}={value}")]
    typed("submit", "grids/quickstart_searches.yaml", "--runs", str(folder), *few)
    return folder


@pytest.fixture(scope="module")
def status(runs: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed("status", "quickstart_searches", "--runs", str(runs), "--json"))
    return found


@pytest.mark.slow
def test_every_trial_is_done_or_was_ended_early(status: dict[str, Any]) -> None:
    assert status["states"].keys() <= {"DONE", "PRUNED"}


@pytest.mark.slow
def test_every_network_has_the_same_budget(status: dict[str, Any]) -> None:
    answers = {
        (one["stage"], one["answers"])
        for one in status["searches"]
        if one["stage"].startswith("facial_attributes_search.")
    }

    assert {count for _, count in answers} == {3}


@pytest.mark.slow
def test_the_best_head_of_each_encoder_is_trained(runs: Path) -> None:
    words = ("best", "quickstart_searches", "face_segmentation_search.tune", "--runs", str(runs), "--json")
    best = json.loads(typed(*words))
    heads = [
        trial
        for trial in json.loads(typed("status", "quickstart_searches", "--runs", str(runs), "--json"))[
            "trials"
        ]
        if trial["stage"] == "face_segmentation_search.segment"
    ]

    assert len(heads) == len(best["best"]) == 3


def searched(name: str, stage: str) -> list[dict[str, Any]]:
    """Return the points to start with of a stage's search."""
    search = read_study(ROOT / "grids" / f"{name}.yaml").study.stage(stage).search
    assert search is not None
    return search.enqueue


def test_the_search_of_the_small_network_begins_with_the_published_best() -> None:
    assert searched("elfw_search", "sweep") == [{"lr": 1e-3, "momentum": 0.9, "weight_decay": 1e-4}]


@pytest.mark.parametrize(("stage", "rate"), [("single", 1e-3), ("genage", 1e-5), ("multi4", 1e-6)])
def test_the_rates_of_section_7_are_tried_first(stage: str, rate: float) -> None:
    assert searched("facial_attributes_search", stage) == [{"lr": rate, "weight_decay": 1e-5}]


def test_each_encoder_has_a_search_of_its_own_with_as_many_answers() -> None:
    plan = expand(read_study(ROOT / "grids/face_segmentation_search.yaml").study, Known())

    assert plan.undecided == {"tune": 90, "segment": 3}
