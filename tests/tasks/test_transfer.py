from pathlib import Path

import pytest
import torch
from PIL import Image

from tasks import transfer
from tasks.data import elfw
from tasks.parts import classed_pictures, pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.transfer import train
from tests.tasks import elfw_chain
from tests.tasks.chain import Trial
from tests.tasks.elfw_chain import TRANSFER

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, classed: Trial) -> Trial:
    return elfw_chain.fine_tune(tmp_path_factory.mktemp("transfer"), classed)


def test_result_carries_the_lines_of_the_classification_report(tuned: Trial) -> None:
    lines = ("hair", "spectacles", "cap", "micro", "macro", "weighted")
    assert {f"test_{line}_support" for line in lines} <= tuned.result.keys()


def test_the_network_that_is_tested_is_that_of_the_last_epoch(tuned: Trial) -> None:
    last = tuned.context.logged()[-1]
    assert tuned.result["result_epoch"] == tuned.result["epochs"] == 2
    assert [tuned.result[f"final_{name}"] for name in ("train_loss", "val_loss")] == [
        last[name] for name in ("train_loss", "val_loss")
    ]


def test_the_best_network_is_tested_where_that_is_asked(tmp_path: Path, classed: Trial) -> None:
    params = TRANSFER.model_copy(update={"lr": 0.1, "epochs": 3, "width": 0.125, "result": "best"})
    result = elfw_chain.fine_tune(tmp_path, classed, params).result
    assert result["result_epoch"] == result["best_epoch"] < 3


def test_pictures_are_normalised_as_imagenet_is(tuned: Trial) -> None:
    assert [tuned.result[f"mean_{colour}"] for colour in "rgb"] == [0.485, 0.456, 0.406]
    assert [tuned.result[f"std_{colour}"] for colour in "rgb"] == [0.229, 0.224, 0.225]


def test_parameters_are_those_of_three_classes(tuned: Trial) -> None:
    assert tuned.result["parameters"] == 11_178_051


def test_random_and_synthetic_numbers_are_marked(tuned: Trial) -> None:
    assert (tuned.result["random_weights"], tuned.result["synthetic"]) == (1, 1)


def test_every_epoch_is_logged(tuned: Trial) -> None:
    assert [line["step"] for line in tuned.context.logged()] == [0, 1, 2]


def test_answers_are_drawn(tuned: Trial) -> None:
    with Image.open(tuned.artifacts / "answers.png") as sheet:
        assert sheet.size == (2 * 128, 142)  # two pictures are tested


def test_shares_of_the_parts() -> None:
    rows = {"train": torch.arange(8), "val": torch.arange(1), "test": torch.arange(1)}
    assert [train.shares(rows)[f"{part}_share"] for part in ("train", "val", "test")] == [0.8, 0.1, 0.1]


def test_a_picture_left_over_alone_is_no_hindrance(tmp_path: Path, classed: Trial) -> None:
    # 20 pictures in minibatches of 19 leave one, which batch normalisation cannot take.
    alone = TRANSFER.model_copy(update={"batch_size": 19, "epochs": 1})
    assert elfw_chain.fine_tune(tmp_path, classed, alone).result["epochs"] == 1


def test_interrupted_trial_ends_with_the_same_numbers(tmp_path: Path, classed: Trial, tuned: Trial) -> None:
    answers = iter([False, False, True])
    stopping = FolderContext(
        root=tmp_path, data=tmp_path, needs={"pictures": classed.artifacts}, stop=answers.__next__
    )
    with pytest.raises(InterruptedError):
        transfer.run(TRANSFER, stopping)
    assert elfw_chain.fine_tune(tmp_path, classed).timeless == tuned.timeless


def test_accuracy_agrees_with_the_predictor(classed: Trial, tuned: Trial) -> None:
    shown = pictures.read(classed.artifacts)
    ask = transfer.predictor(Trained(params={}, artifacts=tuned.artifacts))
    rows = shown.rows(classed_pictures.read_view(tuned.artifacts).test).tolist()
    scores = [ask(shown.picture(row)).scores["class"] for row in rows]
    right = [
        max(found, key=found.__getitem__) == elfw.CLASSES[int(shown.labels["class"][row])]
        for found, row in zip(scores, rows, strict=True)
    ]
    assert sum(right) / len(rows) == tuned.result["test_acc"]


def test_predicted_probabilities_sum_to_1(classed: Trial, tuned: Trial) -> None:
    ask = transfer.predictor(Trained(params={}, artifacts=tuned.artifacts))
    scores = ask(pictures.read(classed.artifacts).picture(0)).scores["class"]
    assert (list(scores), sum(scores.values())) == (list(elfw.CLASSES), pytest.approx(1))
