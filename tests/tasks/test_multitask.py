import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError
from safetensors.torch import load_file

from tasks import multitask
from tasks.multitask import train as page
from tasks.nets.multitask import MultitaskNet
from tasks.parts import checkpoint, pictures
from tasks.parts.pictures import Pictures
from tasks.parts.prediction import Trained
from tests.tasks.chain import Trial
from tests.tasks.multitask_chain import PARAMS, PREPARED, prepare, train


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    return prepare(tmp_path_factory.mktemp("faces"), data)


@pytest.fixture(scope="module")
def shown(faces: Trial) -> Pictures:
    return pictures.read(faces.artifacts)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, faces: Trial) -> Trial:
    return train(tmp_path_factory.mktemp("multi"), faces)


OVERSHOT = PARAMS.model_copy(update={"lr": 0.1, "rule": "constant", "max_epochs": 5})
"""Parameters with which the last epoch is not the best."""


@pytest.mark.parametrize("result", ["best", "last"])
def test_result_is_the_epoch_that_is_asked_for(tmp_path: Path, faces: Trial, result: str) -> None:
    made = train(tmp_path, faces, OVERSHOT.model_copy(update={"result": result}))
    logged = {line["step"]: line["val_loss"] for line in made.context.logged() if line["step"] > 0}
    lowest = min(logged, key=lambda step: logged[step])

    assert lowest == made.result["best_epoch"] < max(logged)
    assert made.result["result_epoch"] == {"best": lowest, "last": max(logged)}[result]
    assert made.result["val_loss"] == logged[int(made.result["result_epoch"])]


def test_gap_is_the_validation_loss_less_the_training_loss(trained: Trial) -> None:
    gap = trained.result["val_loss_mean"] - trained.result["train_loss_mean"]

    assert trained.result["loss_gap"] == pytest.approx(gap)


def test_loss_is_the_printed_formula_of_two_outputs() -> None:
    logits, labels = torch.randn(7, 1, 2), torch.tensor([[0], [1], [1], [0], [1], [0], [0]])
    output, y = logits[:, 0].softmax(dim=1), torch.nn.functional.one_hot(labels[:, 0], 2)
    printed = -0.5 * (y * output.log() + (1 - y) * (1 - output).log()).sum(dim=1).mean()

    alone = PARAMS.model_copy(update={"attributes": ("Male",)})
    assert float(page.measure(logits, labels, alone)["loss"]) == pytest.approx(float(printed))


def test_maps_of_the_first_convolution_are_drawn(trained: Trial) -> None:
    with Image.open(trained.artifacts / "feature_maps.png") as sheet:
        assert sheet.size == (8 * 100 - 4, 4 * 100 - 4)


def test_answers_about_test_pictures_are_drawn(trained: Trial) -> None:
    with Image.open(trained.artifacts / "answers.png") as sheet:
        assert sheet.size == (5 * 128, 128 + 2 * 14)


def test_settings_of_the_text_are_told(trained: Trial) -> None:
    told = {name: trained.result[name] for name in ("kernel_side", "stride", "shared_maps", "weight_Male")}

    assert told == {"kernel_side": 3, "stride": 1, "shared_maps": 32, "weight_Male": 1}


def test_loss_is_the_sum_over_the_attributes(trained: Trial) -> None:
    each = [trained.result[f"val_loss_{attribute}"] for attribute in PARAMS.attributes]

    assert trained.result["val_loss"] == pytest.approx(sum(each))
    assert trained.result["val_loss_mean"] == pytest.approx(sum(each) / 2)


def test_accuracy_is_the_mean_over_the_attributes(trained: Trial) -> None:
    each = [trained.result[f"test_acc_{attribute}"] for attribute in PARAMS.attributes]

    assert trained.result["test_acc"] == pytest.approx(sum(each) / 2)


def test_all_right_is_less_than_each_right() -> None:
    yes, no = [0.0, 1.0], [1.0, 0.0]
    found = page.score(torch.tensor([[yes, yes], [yes, no]]), torch.tensor([[1, 1], [1, 1]]), PARAMS)

    assert (found["acc"], found["all_acc"]) == (0.75, 0.5)


def test_weights_count_in_the_loss_and_not_in_its_mean() -> None:
    weighted = PARAMS.model_copy(update={"loss_weights": {"Eyeglasses": 3.0}})
    logits, labels = torch.randn(5, 2, 2), torch.ones(5, 2, dtype=torch.int64)
    found = page.score(logits, labels, weighted)

    assert found["loss"] == pytest.approx(found["loss_Male"] + 3 * found["loss_Eyeglasses"])
    assert found["loss_mean"] == page.score(logits, labels, PARAMS)["loss_mean"]


def test_train_metrics_are_those_of_the_kept_weights(trained: Trial, shown: Pictures) -> None:
    faces = page.make_attribute_set(shown, PARAMS, seed=0)
    net = MultitaskNet(tasks=2, image_size=16)
    net.load_state_dict(load_file(trained.artifacts / "multitask.safetensors"))
    logits = net(page.scaled(faces.pictures[faces.parts["train"]].cpu()))
    right = logits.argmax(dim=2) == faces.labels[faces.parts["train"]].cpu()

    assert trained.result["train_acc"] == pytest.approx(float(right.double().mean()))


def test_parameters_are_those_of_50_pixels(trained: Trial) -> None:
    assert trained.result["parameters"] == 1_524_740


def test_one_attribute_alone_is_a_network_of_its_own(tmp_path: Path, faces: Trial) -> None:
    single = train(tmp_path, faces, PARAMS.model_copy(update={"attributes": ("Eyeglasses",)})).result

    assert single["parameters"] == 762_530
    assert single["val_loss"] == single["val_loss_mean"] == single["val_loss_Eyeglasses"]


def test_all_folds_have_the_same_test_part(shown: Pictures) -> None:
    sets = [
        page.make_attribute_set(shown, PARAMS.model_copy(update={"fold": fold}), seed=0) for fold in range(4)
    ]

    assert len({tuple(faces.parts["test"].tolist()) for faces in sets}) == 1


def test_the_test_part_may_be_that_of_the_dataset(shown: Pictures) -> None:
    own = PARAMS.model_copy(update={"test_part": "own"})
    parts = page.make_attribute_set(shown, own, seed=0).parts

    assert sorted(parts["test"].tolist()) == sorted(shown.part("test").tolist())
    assert sorted(torch.cat(list(parts.values())).tolist()) == list(range(24))


def test_every_picture_outside_the_test_part_validates_once(shown: Pictures) -> None:
    sets = [
        page.make_attribute_set(shown, PARAMS.model_copy(update={"fold": fold}), seed=0) for fold in range(4)
    ]
    validated = [row for faces in sets for row in faces.parts["val"].tolist()]

    assert sorted(validated + sets[0].parts["test"].tolist()) == list(range(24))


def test_parts_of_a_fold_share_no_picture(shown: Pictures) -> None:
    parts = page.make_attribute_set(shown, PARAMS, seed=0).parts

    assert {part: len(rows) for part, rows in parts.items()} == {"train": 14, "val": 5, "test": 5}
    assert sorted(torch.cat(list(parts.values())).tolist()) == list(range(24))


def test_rate_falls_as_1_over_the_epoch() -> None:
    assert [page.rate(PARAMS, epoch) for epoch in (1, 2, 4)] == [1e-3, 5e-4, 2.5e-4]


def test_telescoping_rate_is_the_printed_formula_from_epoch_2_on() -> None:
    rates = [page.rate(PARAMS, epoch) for epoch in range(1, 11)]

    assert rates[1:] == pytest.approx([rates[i - 2] * (1 - 1 / i) for i in range(2, 11)])


def test_constant_rule_takes_off_the_same_share_every_epoch() -> None:
    constant = multitask.Params(rule="constant", max_epochs=10)

    assert [page.rate(constant, epoch) for epoch in (1, 2)] == pytest.approx([9e-4, 8.1e-4])


@pytest.mark.parametrize("rule", ["telescoping", "constant"])
def test_training_follows_the_rule(tmp_path: Path, faces: Trial, rule: str) -> None:
    params = multitask.Params.model_validate({**PARAMS.model_dump(), "rule": rule, "max_epochs": 2})
    made = train(tmp_path, faces, params)
    saved = checkpoint.load(made.context.checkpoint) or {}

    assert saved["optimizer"]["param_groups"][0]["lr"] == pytest.approx(page.rate(params, 3))


def test_interrupted_trial_ends_with_the_same_numbers(tmp_path: Path, faces: Trial, trained: Trial) -> None:
    answers = iter([False] * 7 + [True])
    with pytest.raises(InterruptedError, match="in epoch 2"):
        train(tmp_path, faces, stop=answers.__next__)
    again = train(tmp_path, faces).result

    assert timeless(again) == timeless(trained.result)


def test_stops_while_the_parts_are_looked_at(tmp_path: Path, faces: Trial) -> None:
    train(tmp_path, faces)

    with pytest.raises(InterruptedError, match="in an evaluation, after 0 of its batches"):
        train(tmp_path, faces, stop=lambda: True)


def test_predictions_agree_with_the_accuracy(trained: Trial) -> None:
    with (trained.artifacts / "predictions.csv").open() as file:
        rows = list(csv.DictReader(file))
    right = [(float(row["predicted_Male"]) > 0.5) == (row["Male"] == "1") for row in rows]

    assert sum(right) / len(rows) == pytest.approx(trained.result["test_acc_Male"])


def test_synthetic_numbers_are_marked(trained: Trial) -> None:
    assert trained.result["synthetic"] == 1


def test_predictor_agrees_with_the_predictions_of_the_trial(trained: Trial, faces: Trial, data: Path) -> None:
    with (trained.artifacts / "predictions.csv").open() as file:
        row = next(csv.DictReader(file))
    picture = np.array(Image.open(data / "celeba" / "Img" / "img_align_celeba" / row["name"]))
    scores = ask(trained, faces, picture)

    assert scores["Male"]["yes"] == pytest.approx(float(row["predicted_Male"]), abs=1e-5)
    assert scores["Eyeglasses"]["yes"] == pytest.approx(float(row["predicted_Eyeglasses"]), abs=1e-5)


def test_predictor_answers_for_a_picture_of_any_size(trained: Trial, faces: Trial) -> None:
    scores = ask(trained, faces, np.full((31, 47, 3), 90, dtype=np.uint8))

    assert list(scores) == ["Male", "Eyeglasses"]
    assert all(sum(answers.values()) == pytest.approx(1) for answers in scores.values())


def test_coloured_pictures_are_refused(tmp_path: Path, data: Path) -> None:
    with pytest.raises(ValueError, match="hint: prepare them with `grey: true`"):
        train(tmp_path / "multi", prepare(tmp_path, data, grey=False))


def test_absent_label_is_named(shown: Pictures) -> None:
    bare = replace(shown, labels={"Male": shown.labels["Male"]})

    with pytest.raises(ValueError, match="no label `Eyeglasses`; they have: Male"):
        page.make_attribute_set(bare, PARAMS, seed=0)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"attributes": ["Male", "Male"]}, "name one twice"),
        ({"loss_weights": {"Young": 2}}, "loss_weights name `Young`"),
        ({"fold": 10}, "no fold 10 of 10"),
        ({"rule": "constant", "max_epochs": 1}, "learning rate of 0"),
    ],
)
def test_parameters_that_contradict_each_other_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        multitask.Params.model_validate(given)


def ask(trained: Trial, faces: Trial, picture: Any) -> dict[str, dict[str, float]]:
    """Return the scores of the trained network for one picture."""
    needed = Trained(params=PREPARED, artifacts=faces.artifacts)
    given = Trained(
        params=PARAMS.model_dump(mode="json"), artifacts=trained.artifacts, needs={"pictures": needed}
    )
    return {name: dict(answers) for name, answers in multitask.predictor(given)(picture).scores.items()}


def timeless(result: dict[str, float]) -> dict[str, float]:
    """Return the metrics that two equal runs have in common."""
    return {name: value for name, value in result.items() if not name.startswith("timing_")}
