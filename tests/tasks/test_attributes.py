from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file

from tasks import attributes
from tasks.attributes import frozen, train
from tasks.nets import vgg_face
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.prepare import celeba
from tests.tasks import attributes_chain
from tests.tasks.attributes_chain import FOUR, ONE, TWO
from tests.tasks.attributes_chain import train as trained
from tests.tasks.chain import Trial, ran

pytestmark = pytest.mark.slow

Needs = dict[str, Path]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    return attributes_chain.prepare_faces(tmp_path_factory.mktemp("prepared"), data).artifacts


@pytest.fixture(scope="module")
def needs(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Needs:
    encoded = attributes_chain.encode_faces(tmp_path_factory.mktemp("encoded"), prepared)
    return {"pictures": prepared, "features": encoded.artifacts}


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, needs: Needs) -> Trial:
    return trained(tmp_path_factory.mktemp("one"), ONE, needs)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Trial:
    return trained(tmp_path_factory.mktemp("two"), TWO, {"pictures": prepared})


def changed(trial: Trial, params: attributes.Params, needs: Needs) -> set[str]:
    """Return the layers that training changed."""
    faces = train.make_face_set(pictures.read(needs["pictures"]), params)
    context = FolderContext(root=trial.context.root, data=trial.context.root, needs=needs)
    net = train.make_network(faces, params, context)
    started = {**net.frozen.state_dict(), **net.trained.state_dict()}
    ended = load_file(trial.artifacts / "attributes.safetensors")
    return {name.split(".")[0] for name in started if not torch.equal(started[name], ended[name])}


def without_timing(result: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in result.items() if not name.startswith("timing_")}


def test_result_carries_the_metrics_of_the_tables(two: Trial) -> None:
    expected = {"test_acc", "test_acc_male", "test_acc_young", "test_acc_if_independent", "weights_fc6"}
    assert expected | {"chance_acc", "best_epoch", "dead_fc7", "dead_conv_4_1"} <= two.result.keys()


def test_network_is_that_of_the_last_epoch(one: Trial) -> None:
    assert (one.result["result_epoch"], one.result["epochs"]) == (2, 2)


def test_network_of_the_lowest_loss_is_the_result_where_that_is_asked(tmp_path: Path, needs: Needs) -> None:
    # At this rate nothing changes, so that the first epoch is the best of two.
    trial = trained(tmp_path, ONE.model_copy(update={"result": "best", "lr": 1e-30}), needs)

    assert (trial.result["result_epoch"], trial.result["epochs"]) == (1, 2)


def test_convolutions_say_their_rate(one: Trial, two: Trial) -> None:
    assert (one.result["conv_lr"], two.result["conv_lr"]) == (0, pytest.approx(1e-5))


def test_official_split_is_used(one: Trial) -> None:
    assert [one.result[f"{part}_images"] for part in ("train", "val", "test")] == [19, 2, 3]


def test_parameters_are_those_of_full_size(one: Trial, two: Trial) -> None:
    assert [trial.result["parameters_trained"] for trial in (one, two)] == [119_554_050, 132_541_444]


def test_random_and_synthetic_numbers_are_marked(one: Trial) -> None:
    assert (one.result["random_weights"], one.result["synthetic"]) == (1, 1)


def test_dead_units_are_logged_each_epoch(one: Trial) -> None:
    assert [line["step"] for line in one.context.logged() if "dead_fc7" in line] == [0, 1, 2]


def test_only_the_fully_connected_layers_are_trained(one: Trial, needs: Needs) -> None:
    assert changed(one, ONE, needs) == {"fc6", "fc7", "fc8"}


def test_the_last_convolutions_are_trained_too(two: Trial, needs: Needs) -> None:
    convolutions = {f"conv_{group}_{place}" for group in (4, 5) for place in (1, 2, 3)}
    assert changed(two, TWO, needs) == convolutions | {"fc6", "fc7", "fc8"}


def test_convolutions_learn_a_hundredth_as_fast() -> None:
    net = vgg_face.build(4, image_size=32, units=16)
    optimizer = train.make_optimizer(net, TWO.model_copy(update={"lr": 1e-5}))
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([1e-5, 1e-7])


@pytest.mark.parametrize(("name", "kind"), [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam)])
def test_optimizer_is_chosen(name: str, kind: type) -> None:
    params = ONE.model_copy(update={"optimizer": name})
    assert isinstance(train.make_optimizer(torch.nn.Sequential(torch.nn.Linear(1, 1)), params), kind)


def test_another_seed_reads_the_same_convolutions(tmp_path: Path, needs: Needs, one: Trial) -> None:
    other = trained(tmp_path, ONE.model_copy(update={"epochs": 1}), needs, seed=1)
    nets = [load_file(trial.artifacts / "attributes.safetensors") for trial in (one, other)]

    assert torch.equal(*(net["conv_5_3.weight"] for net in nets))
    assert not torch.equal(*(net["fc6.weight"] for net in nets))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"width": 0.5}, "this stage asks for .*'width': '1'.*, its features are .*'width': '0.5'"),
        ({"colours": "rgb"}, "'colours': 'bgr'.*, its features are .*'colours': 'rgb'"),
    ],
    ids=["width", "colours"],
)
def test_features_of_another_network_are_refused(
    tmp_path: Path, needs: Needs, given: dict[str, Any], message: str
) -> None:
    encoded = attributes_chain.encode_faces(tmp_path / "encoded", needs["pictures"], **given)
    with pytest.raises(ValueError, match=message):
        trained(tmp_path, ONE, {**needs, "features": encoded.artifacts})


def test_features_of_other_pictures_are_refused(tmp_path: Path, needs: Needs, data: Path) -> None:
    fewer = celeba.Params.model_validate({**attributes_chain.WILD, "images": 20})
    other = ran(celeba.run, fewer, tmp_path / "pictures", data)
    with pytest.raises(ValueError, match="go back to different pictures\nhint: let both"):
        trained(tmp_path, ONE, {**needs, "pictures": other.artifacts})


def test_features_of_weights_that_have_changed_are_refused(tmp_path: Path, prepared: Path) -> None:
    file = tmp_path / "weights.safetensors"
    needs, params = {"pictures": prepared}, ONE.model_copy(update={"weights": str(file)})
    for seed in (0, 1):
        net = vgg_face.build(2, image_size=32, units=16)
        vgg_face.start(net, None, seed=seed, origin="none")
        save_file(net.state_dict(), file)
        if seed == 0:
            given = {"weights": str(file)}
            needs["features"] = attributes_chain.encode_faces(tmp_path / "e", prepared, **given).artifacts
    with pytest.raises(ValueError, match=r"are of other weights than `.*` has now\nhint: compute them anew"):
        trained(tmp_path, params, needs)


def test_stored_features_are_what_the_frozen_layers_say(needs: Needs) -> None:
    shown = pictures.read(needs["pictures"])
    net = vgg_face.build(2, image_size=32, units=8)
    convolutions, _ = vgg_face.cut(net, "fc")
    stored = frozen.read_stored(needs["features"], convolutions, shown, ONE)
    with torch.no_grad():
        wanted = convolutions(frozen.normaliser(ONE)(shown.batch(torch.arange(5))))

    assert stored.values.dtype == torch.float16
    assert torch.allclose(stored.values[:5].float(), wanted, rtol=1e-3, atol=1e-3)


def test_impossible_faces_are_left_out_of_training_and_kept_in_the_test(prepared: Path) -> None:
    shown = pictures.read(prepared)
    shown.labels["Mustache"][:] = 1 - shown.labels["Male"]  # every woman has one now
    shown.labels["Wearing_Lipstick"][:] = 0
    faces = train.make_face_set(shown, ONE.model_copy(update={"attributes": FOUR}))
    found = train.describe(faces)
    women = [int((shown.labels["Male"][shown.part(part)] == 0).sum()) for part in ("train", "test")]
    assert [found["impossible_train_images"], found["impossible_test_images"]] == women
    assert (len(faces.train), len(faces.test)) == (19 - women[0], 3)


def test_misclassified_table_agrees_with_the_accuracies(two: Trial) -> None:
    with (two.artifacts / "misclassified.csv").open() as file:
        wrong = [row["attribute"] for row in csv.DictReader(file)]
    expected = [round(3 * (1 - two.result[f"test_acc_{name}"])) for name in ("male", "young")]
    assert [wrong.count(name) for name in ("Male", "Young")] == expected


def test_misclassified_pictures_are_drawn(two: Trial) -> None:
    assert (two.artifacts / "misclassified.png").is_file()


def test_layers_are_drawn_whether_or_not_their_output_is_stored(one: Trial, two: Trial) -> None:
    sheets = [Image.open(trial.artifacts / "activations.png") for trial in (one, two)]

    assert {sheet.size for sheet in sheets} == {(750, 800)}


def test_interrupted_trial_ends_with_the_same_numbers(tmp_path: Path, needs: Needs, one: Trial) -> None:
    # Stopped in the validation of the first epoch.
    answers = iter([False] * 4 + [True])
    with pytest.raises(InterruptedError):
        trained(tmp_path, ONE, needs, stop=answers.__next__)
    assert without_timing(trained(tmp_path, ONE, needs).result) == without_timing(one.result)


def test_label_that_was_not_prepared_is_named(prepared: Path) -> None:
    with pytest.raises(ValueError, match=r"no label `Smiling`; they have: Male, Young.*\nhint: name it in"):
        train.make_face_set(pictures.read(prepared), ONE.model_copy(update={"attributes": ("Smiling",)}))


def test_pictures_that_are_too_small_are_refused(prepared: Path, tmp_path: Path) -> None:
    params = ONE.model_copy(update={"image_size": 64})
    faces = train.make_face_set(pictures.read(prepared), params)
    with pytest.raises(ValueError, match="have 40 pixels, the network wants 64"):
        train.make_network(faces, params, FolderContext(root=tmp_path, data=tmp_path))


def test_prediction_agrees_with_the_trial_s_evaluation(two: Trial, prepared: Path) -> None:
    shown = pictures.read(prepared)
    ask = attributes.predictor(Trained(params=TWO.model_dump(), artifacts=two.artifacts))
    with (two.artifacts / "misclassified.csv").open() as file:
        rows = list(csv.DictReader(file))
    said = [
        ask(shown.picture(shown.names.index(row["name"]))).scores[row["attribute"]][row["predicted"]]
        for row in rows
    ]
    assert rows
    assert said == pytest.approx([float(row["probability"]) for row in rows], abs=0.01)


def test_answers_about_an_attribute_add_up_to_1(two: Trial) -> None:
    ask = attributes.predictor(Trained(params=TWO.model_dump(), artifacts=two.artifacts))
    scores = ask(np.zeros((50, 30, 3), dtype=np.uint8)).scores
    assert {name: sum(answers.values()) for name, answers in scores.items()} == pytest.approx(
        {"Male": 1, "Young": 1}
    )
