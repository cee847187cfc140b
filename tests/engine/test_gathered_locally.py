"""Whole studies on this machine of which stages gather others, or need another point than their own."""

import json
from pathlib import Path

import pytest

from tests.toy_fixture import Toy, make_toy

TASK = """
from pydantic import BaseModel


class Params(BaseModel):
    lr: float = 0.0
    fold: int = 0
    lost: int = -1


def train(params: Params, context) -> dict[str, float]:
    if params.fold == params.lost:
        raise ValueError("asked to fail")
    context.artifact("net.txt").write_text(f"{params.lr} {params.fold} {context.seed}")
    return {"acc": params.lr + params.fold}


class Rate(BaseModel):
    lr: float = 0.0


def average(params: Rate, context) -> dict[str, float]:
    members = context.members("folds")
    assert [one.axes["fold"] for one in members] == sorted(one.axes["fold"] for one in members)
    assert all((one.artifacts / "net.txt").exists() for one in members)
    return {"acc": sum(one.metrics["acc"] for one in members) / len(members), "count": float(len(members))}


def tune(params: Rate, context) -> dict[str, float]:
    lr, fold, seed = (context.need("weights") / "net.txt").read_text().split()
    return {"from": float(fold), "seed": float(seed)}
"""
pytestmark = pytest.mark.slow

HEAD = "study: toy\naxes: {lr: [0.1, 0.4], fold: [0, 1, 2], seed: [0, 1]}\nstages:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Toy:
    """Give a folder with tasks that gather."""
    return make_toy(tmp_path, TASK)


def metrics(toy: Toy, stage: str) -> list[dict[str, float]]:
    """Return the results of a stage in the order of the plan."""
    return [toy.result(trial["id"])["metrics"] for trial in toy.trials("toy", stage)]


def test_the_best_mean_over_folds_is_taken(folder: Toy) -> None:
    folder.study(f"""{HEAD}
  train: {{task: toy.train, over: [lr, fold]}}
  average:
    task: toy.average
    over: [lr]
    needs: {{folds: {{stage: train, all: [fold]}}}}
  final:
    task: toy.train
    needs: {{best: {{stage: average, best: {{maximize: acc}}}}}}
""")
    folder.type("submit", "study.yaml")

    assert [one["acc"] for one in metrics(folder, "average")] == pytest.approx([1.1, 1.4])
    assert metrics(folder, "final") == [{"acc": 0.4}]


LOST = f"""{HEAD}
  train: {{task: toy.train, over: [fold], params: {{lr: 0.5, lost: 1}}}}
  average:
    task: toy.average
    needs: {{folds: {{stage: train, all: true, require: REQUIRED}}}}
"""


def test_what_is_required_is_enough(folder: Toy) -> None:
    folder.study(LOST.replace("REQUIRED", "2"))
    folder.type("submit", "study.yaml", code=1)
    (average,) = folder.trials("toy", "average")
    written = json.loads((folder.trial_folder(average["id"]) / "trial.json").read_text())

    assert folder.result(average["id"])["metrics"] == {"acc": 1.5, "count": 2.0}
    assert written["gathered"]["folds"]["without"] == [{"fold": 1}]
    assert "without fold=1" in folder.type("why", average["id"]).stdout


def test_too_few_of_what_is_required_are_told(folder: Toy) -> None:
    folder.study(LOST.replace("REQUIRED", "3"))
    told = folder.type("submit", "study.yaml", code=1)

    assert "average (-) never starts: it requires 3 results of train" in told.stdout + told.stderr


def test_weights_come_from_where_it_says(folder: Toy) -> None:
    folder.study(f"""{HEAD}
  pretrain: {{task: toy.train, over: [fold, seed]}}
  tune:
    task: toy.tune
    over: [fold, seed]
    params: {{lr: "${{fold}}"}}
    needs: {{weights: {{stage: pretrain, where: {{fold: 2}}}}}}
""")
    folder.type("submit", "study.yaml")

    assert metrics(folder, "tune") == [{"from": 2.0, "seed": seed} for seed in (0.0, 1.0) * 3]
