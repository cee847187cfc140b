from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from tasks import recognition
from tasks.nets.recognition import Recogniser
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.recognition import train
from tests.tasks import background_chain as chain
from tests.tasks.background_chain import RECOGNITION, without_timing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, people: Trial) -> Trial:
    return chain.train_recognition(tmp_path_factory.mktemp("recognition"), people)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory, people: Trial, trained: Trial) -> Trial:
    root = tmp_path_factory.mktemp("tested")
    return chain.measure_recognition(root, trained, pictures=people.artifacts)


def test_result_is_the_epoch_of_the_best_accuracy(trained: Trial) -> None:
    logged = [line["val_top1"] for line in trained.context.logged() if line["step"] > 0]
    assert trained.result["val_top1"] == max(logged)


def test_last_layer_alone_is_trained(trained: Trial) -> None:
    assert trained.result["parameters_trained"] == 2049 * 4
    assert trained.result["parameters"] == 23_508_032 + 2049 * 4


def test_all_of_the_net_can_be_trained() -> None:
    net = Recogniser(3)
    train.make_optimizer(net, RECOGNITION.model_copy(update={"train": "all"}))
    assert all(part.requires_grad for part in net.parameters())


def test_bias_of_the_last_layer_has_twice_the_rate() -> None:
    groups = train.make_optimizer(Recogniser(3), RECOGNITION).param_groups
    assert [(group["params"][0].ndim, group["lr"]) for group in groups] == [(2, 1e-3), (1, 2e-3)]


def test_rate_falls_by_epochs_for_weights_and_bias() -> None:
    params = RECOGNITION.model_copy(update={"step_size": 2})
    optimizer = train.make_optimizer(Recogniser(3), params)
    rule = train.make_schedule(optimizer, params, steps=3)
    assert rule is not None
    rates = []
    for _ in range(7):
        rates.append(rule.get_last_lr())
        optimizer.step()
        rule.step()
    assert [rates[5], rates[6]] == [pytest.approx([1e-3, 2e-3]), pytest.approx([1e-4, 2e-4])]


def test_rate_never_falls_by_default() -> None:
    assert train.make_schedule(train.make_optimizer(Recogniser(3), RECOGNITION), RECOGNITION, 3) is None


def test_same_seed_same_result(tmp_path: Path, people: Trial, trained: Trial) -> None:
    assert without_timing(chain.train_recognition(tmp_path, people).result) == without_timing(trained.result)


def test_pictures_too_small_for_the_square_are_refused(tmp_path: Path, people: Trial) -> None:
    with pytest.raises(ValueError, match=r"squares of 64 pixels .* shorter side is 36\nhint"):
        chain.train_recognition(tmp_path, people, RECOGNITION.model_copy(update={"image_size": 64}))


def test_absent_weights_are_named(tmp_path: Path) -> None:
    params = recognition.Params(weights=str(tmp_path / "mine.pkl"))
    assert "mine.pkl" in recognition.missing(params, None)[0]


def test_a_test_needs_no_weight_file() -> None:
    assert recognition.missing(recognition.TestParams(), None) == []


def test_top_5_is_never_below_top_1(tested: Trial) -> None:
    assert 0 <= tested.result["top1"] <= tested.result["top5"] <= 1


def test_scores_are_features_and_logits_of_every_picture(tested: Trial, trained: Trial) -> None:
    scores = load_file(tested.artifacts / "scores.safetensors")
    net = load_file(trained.artifacts / recognition.NET)
    assert scores["features"].shape == (5, 2048)
    expected = scores["features"] @ net["fc.weight"].T + net["fc.bias"]
    assert torch.allclose(scores["logits"], expected, atol=1e-4)


def test_first_picture_is_shown_with_the_ends_of_its_vectors(people: Trial, tested: Trial) -> None:
    faces = pictures.read(people.artifacts)
    scores = load_file(tested.artifacts / "scores.safetensors")
    with Image.open(tested.artifacts / "first.png") as first:
        assert np.array_equal(np.array(first), faces.picture(int(faces.part("test")[0])))
    ends = [tested.result[f"{name}_{place}"] for name in ("logit", "feature") for place in ("first", "last")]
    assert ends == [float(scores[name][0][at]) for name in ("logits", "features") for at in (0, -1)]


def test_predictions_tell_the_same_as_the_result(tested: Trial) -> None:
    with (tested.artifacts / "predictions.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first = [row["person"] == row["answer_1"] for row in rows]
    assert sum(first) / len(first) == pytest.approx(tested.result["top1"])
    assert [row["place"] == "1" for row in rows] == first


def test_pictures_without_background_are_read_from_the_cutouts(
    tmp_path: Path, people: Trial, trained: Trial, tested: Trial
) -> None:
    assert chain.measure_recognition(tmp_path, trained, cutouts=people.artifacts).result == tested.result


def test_test_stops_when_asked(tmp_path: Path, people: Trial, trained: Trial) -> None:
    needs = {"pictures": people.artifacts, "net": trained.artifacts}
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs, stop=lambda: True)
    with pytest.raises(InterruptedError):
        recognition.test(recognition.TestParams(), context)


def test_predictor_agrees_with_the_test(people: Trial, trained: Trial, tested: Trial) -> None:
    faces = pictures.read(people.artifacts)
    predict = recognition.predictor(Trained(params=RECOGNITION.model_dump(), artifacts=trained.artifacts))
    answers = predict(faces.picture(int(faces.part("test")[0]))).scores["person"]
    logits = load_file(tested.artifacts / "scores.safetensors")["logits"][0]
    assert sorted(answers.values()) == pytest.approx(sorted(logits.softmax(dim=0).tolist()), abs=1e-4)
    assert sum(answers.values()) == pytest.approx(1)


def test_predictor_names_the_people(people: Trial, trained: Trial) -> None:
    faces = pictures.read(people.artifacts)
    predict = recognition.predictor(Trained(params=RECOGNITION.model_dump(), artifacts=trained.artifacts))
    assert 'n000002 Robert_"Bob",_Jr.' in predict(faces.picture(0)).scores["person"]
