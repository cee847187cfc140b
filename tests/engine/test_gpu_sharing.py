"""What a user sees of a GPU that was used little; NVML and torch are of a few lines."""

import csv
from pathlib import Path

import pytest

from tests.engine.test_gpu_look import TORCH
from tests.toy_fixture import Toy, make_toy

pytestmark = pytest.mark.slow

TASK = """
import os
import time
from pathlib import Path

from pydantic import BaseModel

PRELOAD = ("torch",)


class Params(BaseModel):
    pass


def train(params: Params, context) -> dict[str, float]:
    with Path(os.environ["FAKE_NVML_PIDS"]).open("a") as shown:
        shown.write(f"{os.getpid()} ")
    while b'"own": true' not in Path(os.environ["ORCHESTRATOR_GPU_METER"]).read_bytes():
        time.sleep(0.02)
    return {"seed": float(context.seed)}
"""
STUDY = """
study: s
axes: {seed: [%s]}
shapes: {gpu: {gpus: 1, cpus: 4}}
stages:
  train: {task: toy.train, over: [seed], shape: gpu}
"""


@pytest.fixture
def measured(tmp_path: Path, fake_nvml: Path) -> Toy:
    """Give a study whose only trial was measured on a GPU."""
    toy = make_toy(tmp_path, TASK)
    (toy.folder / "torch.py").write_text(TORCH)
    toy.study(STUDY % "0")
    toy.type("submit", "study.yaml")
    return toy


def test_a_user_is_told_how_a_gpu_was_used_and_what_sharing_it_would_save(measured: Toy) -> None:
    identity = measured.trials("s")[0]["id"]
    told = measured.type("why", identity).stdout
    (row,) = csv.DictReader(measured.type("results", "s", "--csv").stdout.splitlines())
    measured.study(STUDY % "0, 1, 2, 3, 4, 5")
    (stage,) = measured.json("plan", "study.yaml")["stages"]
    noted = measured.type("plan", "study.yaml").stderr

    assert (
        "GPU 18 % busy, 3.1 of 40.0 GB: `slots: 5` in the shape `gpu` would let 5 such trials share" in told
    )
    assert (row["gpu_busy"], row["gpu_memory_mb"]) == ("18.0", "3174")
    assert stage["packing"]["estimate"]["slots"] == 5
    assert "note: train: 1 trial measured, GPU 18 % busy" in noted
    assert "note: an estimate: " in noted


def test_of_trials_that_share_a_gpu_each_knows_its_own_memory(measured: Toy) -> None:
    measured.study((STUDY % "1, 2").replace("cpus: 4", "cpus: 2, slots: 2, workers: 1"))
    measured.type("submit", "study.yaml")
    made_with = [measured.result(trial["id"])["provenance"] for trial in measured.trials("s")]

    assert [(facts["slots"], facts["gpu_use"]["memory_mb"]) for facts in made_with] == [(2, 3174)] * 2
