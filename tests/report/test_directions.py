from typing import Any

import pytest

from orchestrator.report.definition import Better
from orchestrator.report.directions import direction_note, directions, first_of, guessed, said
from orchestrator.study.shape import Shape
from orchestrator.study.study import Edge, Stage, Study


@pytest.mark.parametrize(
    ("metric", "better"),
    [
        ("loss", "lower"),
        ("val_loss", "lower"),
        ("valLoss", "lower"),
        ("test/rmse", "lower"),
        ("perplexity", "lower"),
        ("val_acc", "higher"),
        ("test_hair_f1", "higher"),
        ("IoU", "higher"),
        ("R2", "higher"),
        ("score_b", "none"),
        ("chance_acc", "none"),
        ("acc_loss", "none"),
        ("accumulated", "none"),
    ],
)
def test_a_name_tells_which_values_are_better(metric: str, better: Better) -> None:
    assert guessed(metric) == better


def stage(name: str, **given: Any) -> Stage:
    return Stage(name=name, task="t", version=1, shape=Shape(), points=(), **given)


def test_what_a_need_takes_for_best_goes_before_the_name() -> None:
    needs = (Edge.model_validate({"name": "best", "stage": "train", "best": {"minimize": "acc"}}),)
    study = Study(name="s", stages=(stage("train"), stage("final", needs=needs)))

    assert directions(["acc"], said(study, "train")) == {"acc": "lower"}


def test_what_a_search_is_for_goes_before_the_name() -> None:
    search = {"space": {"lr": [1, 2]}, "trials": 2, "objective": {"maximize": "loss"}}
    study = Study(name="s", stages=(stage("sweep", search=search),))

    assert said(study, "sweep") == {"loss": "higher"}


@pytest.mark.parametrize(
    ("metrics", "first"),
    [
        (["train_loss", "test_acc", "val_acc"], "val_acc"),
        (["train_loss", "loss"], "loss"),
        (["train_loss", "epochs"], "train_loss"),
        (["epochs"], None),
    ],
)
def test_a_stage_is_about_what_one_chooses_by(metrics: list[str], first: str | None) -> None:
    assert first_of(metrics, {}) == first


def test_a_stage_is_about_what_the_study_says() -> None:
    assert first_of(["val_acc", "cost"], {"cost": "lower"}) == "cost"


def test_the_note_says_who_says_so() -> None:
    note = direction_note({"cost": "lower", "acc": "higher", "n": "none"}, {"cost": "lower"})

    assert note == "Better is less of cost, as the study has it; more of acc, guessed by name."


def test_where_nothing_is_better_nothing_is_said() -> None:
    assert direction_note({"n": "none"}, {}) == ""
