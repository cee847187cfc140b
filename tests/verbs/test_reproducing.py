import shutil
from pathlib import Path

import pytest

from tests.toy_fixture import Toy
from tests.verbs.conftest import Type

TASK = """
from pydantic import BaseModel


class Params(BaseModel):
    lr: float


def train(params: Params, context) -> dict[str, float]:
    context.artifact("lr.txt").write_text(str(params.lr))
    return {"loss": params.lr * (context.seed + 1), "timing_s": 1.0}


class Use(BaseModel):
    by: int


def use(params: Use, context) -> dict[str, float]:
    return {"product": params.by * float((context.need("source") / "lr.txt").read_text())}
"""
STUDY = """
study: toy
axes: {lr: [0.1, 0.2], seed: [0, 1]}
stages:
  train: {task: toy.train, over: [lr, seed]}
"""
USE = "  use: {task: toy.use, over: [lr, seed], params: {by: 2}, needs: {source: train}}\n"
CHANCE = """
import os

from pydantic import BaseModel


class Params(BaseModel):
    lr: float


def train(params: Params, context) -> dict[str, float]:
    return {"loss": float(int.from_bytes(os.urandom(4), "big")), "lr": params.lr}
"""


def begin(toy: Toy, task: str = TASK, study: str = STUDY) -> None:
    (toy.folder / "toy.py").write_text(task)
    toy.study(study)
    toy.type("submit", "study.yaml")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("table",), "`table` names no cell\nhint: write TABLE:ROW/COLUMN"),
        (("before", "train:0.1", "loss"), "3 words were given\nhint: write [STUDY] TABLE:ROW/COLUMN"),
        (("trian:0.1/loss",), "there is no table `trian`\nhint: did you mean `train`?"),
        (("befor", "train:0.1/loss"), "no study `befor`"),
        (("before", "train:loss"), "`train:loss` may be `train:0.1/loss`, `train:0.4/loss`"),
        (("before", "train:lr=9/loss"), "table `train` has no cell `lr=9/loss`\nhint: "),
        (("train:0.1/loss",), "the code that made trial "),
    ],
    ids=str,
)
def test_what_cannot_be_reproduced_is_told(before: Type, words: tuple[str, ...], message: str) -> None:
    said = before("reproduce", *words)

    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert not Path("runs/reproduced").exists()


def test_a_run_folder_without_a_study_is_told(type_: Type) -> None:
    said = type_("reproduce", "train:0.1/loss")

    assert (said.code, said.err) == (
        2,
        "error: there is no study in runs yet\nhint: submit one first\n",
    )


def test_two_studies_with_such_a_table_are_told(before: Type) -> None:
    studies = Path("runs/studies")
    shutil.copytree(studies / "before", studies / "copy")
    text = (studies / "copy/study.json").read_text()
    (studies / "copy/study.json").write_text(text.replace('"name": "before"', '"name": "copy"'))
    said = before("reproduce", "train:0.1/loss")

    assert said.code == 2
    assert "the studies `before`, `copy` have a table `train`" in said.err


@pytest.mark.slow
def test_a_cell_is_trained_again_and_equal(toy: Toy) -> None:
    begin(toy, study=STUDY + USE)
    found = toy.json("reproduce", "use: 0.2 / Product")

    assert (found["reproduced"], found["before"], found["after"]) == (True, 0.4, 0.4)
    assert [(one["stage"], one["of_cell"]) for one in found["trials"]] == [
        *[("train", False)] * 2,
        *[("use", True)] * 2,
    ]


@pytest.mark.slow
def test_what_differs_ends_with_1(toy: Toy) -> None:
    begin(toy, CHANCE)
    done = toy.type("reproduce", "train:0.1/loss", code=1)

    assert "not reproduced: 2 of 4 metrics, in 2 of 2 trials, differ" in done.stderr
    assert done.stdout.count("differs") == 2


@pytest.mark.slow
def test_what_differs_less_than_the_tolerance_is_reproduced(toy: Toy) -> None:
    begin(toy, CHANCE)

    assert toy.json("reproduce", "train:0.1/loss", "--tolerance", "1")["reproduced"]
