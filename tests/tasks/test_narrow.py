"""Networks of another width than 1, in every task that has one: trained, passed on, and asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from safetensors.torch import load_file

from tasks import attributes, foreground, multitask, recognition, segment, transfer
from tasks.nets.encoders import count_parameters
from tasks.nets.unet import UNet
from tasks.parts import features, pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.prepare import celeba
from tests.tasks import attributes_chain, background_chain, chain, elfw_chain, multitask_chain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow

WIDTH = {"width": 0.125}
GENDER = chain.GENDER.model_copy(update=WIDTH)


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory, labelled: Trial) -> Trial:
    return chain.train_gender(tmp_path_factory.mktemp("gender"), labelled, GENDER)


@pytest.fixture(scope="module")
def encoded(tmp_path_factory: pytest.TempPathFactory, masked: Trial, tuned: Trial) -> Trial:
    return chain.encode_pictures(tmp_path_factory.mktemp("encode"), masked, weights=tuned.artifacts, **WIDTH)


def test_tuned_encoder_says_what_it_said_of_the_archived_predictions(labelled: Trial, tuned: Trial) -> None:
    scores, male = chain.answers_about_a_picture(labelled, tuned, GENDER)
    assert scores["male"] == pytest.approx(male, abs=1e-5)


def test_features_of_the_tuned_encoder_are_as_narrow(encoded: Trial) -> None:
    assert features.read(encoded.artifacts / "features.safetensors").values.shape[1:] == (64, 2, 2)


def test_encoder_of_another_width_is_refused(tmp_path: Path, masked: Trial, tuned: Trial) -> None:
    with pytest.raises(ValueError, match=r"`trunk.0.bias`: \[8\] in place of \[64\]\nhint: .* `width`"):
        chain.encode_pictures(tmp_path, masked, weights=tuned.artifacts)


def test_decoder_takes_its_channels_from_the_features(
    tmp_path: Path, masked: Trial, tuned: Trial, encoded: Trial
) -> None:
    params = chain.SEGMENT.model_copy(update={"pretrain": "gender"})
    trial = chain.train_decoder(tmp_path, masked, encoded.artifacts, params)
    needs = {"weights": Trained(params=GENDER.model_dump(), artifacts=tuned.artifacts)}
    encoding = Trained(
        params={**chain.ENCODE, "pretrain": "gender", **WIDTH}, artifacts=encoded.artifacts, needs=needs
    )
    ask = segment.predictor(
        Trained(params=params.model_dump(), artifacts=trial.artifacts, needs={"features": encoding})
    )
    mask = ask(pictures.read(masked.artifacts).picture(0)).mask
    assert load_file(trial.artifacts / "decoder.safetensors")["score.weight"].shape == (1, 64, 1, 1)
    assert mask is not None
    assert mask.any()


def test_attributes_are_told_by_a_narrow_network(tmp_path: Path, data: Path) -> None:
    prepared = FolderContext(root=tmp_path / "prepared", data=data)
    asked = {"images": None, "partition": "all", "pictures": "wild", "crop": "face", "image_size": 32}
    celeba.run(celeba.Params.model_validate({"attributes": ["Male"], **asked}), prepared)
    params = attributes.Params.model_validate(
        {"weights": "none", "image_size": 32, "fc_units": 16, "batch_size": 8, "epochs": 1, **WIDTH}
    )
    faces = prepared.artifact("any").parent
    features = attributes_chain.encode_faces(tmp_path / "encoded", faces, **WIDTH).artifacts
    context = FolderContext(root=tmp_path, data=data, needs={"pictures": faces, "features": features})
    result = attributes.run(params, context)
    net = context.artifact("attributes.safetensors")
    ask = attributes.predictor(Trained(params=params.model_dump(), artifacts=net.parent))
    scores = ask(pictures.read(context.need("pictures")).picture(0)).scores["Male"]
    assert load_file(net)["conv_5_3.weight"].shape == (64, 64, 3, 3)
    assert result["parameters"] == 145_002_878  # of the whole network, as the thesis counts them
    assert sum(scores.values()) == pytest.approx(1)


def test_people_are_told_apart_by_a_narrow_network(tmp_path: Path, people: Trial) -> None:
    params = background_chain.RECOGNITION.model_copy(update=WIDTH)
    net = background_chain.train_recognition(tmp_path / "net", people, params)
    tested = background_chain.measure_recognition(tmp_path / "test", net, pictures=people.artifacts)
    ask = recognition.predictor(Trained(params=params.model_dump(), artifacts=net.artifacts))
    faces = pictures.read(people.artifacts)
    scores = ask(faces.picture(int(faces.part("test")[0]))).scores["person"]
    logits = load_file(tested.artifacts / "scores.safetensors")["logits"][0]
    assert (tested.result["features"], net.result["parameters_trained"]) == (256, 257 * 4)
    assert sorted(scores.values()) == pytest.approx(sorted(logits.softmax(dim=0).tolist()), abs=1e-4)


def test_background_is_removed_by_a_narrow_network(tmp_path: Path, data: Path, people: Trial) -> None:
    masks = background_chain.prepare_masks(tmp_path / "masks", data)
    params = background_chain.UNET.model_copy(update={"width": 0.25})
    net = background_chain.train_unet(tmp_path / "net", masks, params)
    removed = background_chain.remove_background(tmp_path / "removed", people, net.artifacts)
    ask = foreground.predictor(Trained(params=params.model_dump(), artifacts=net.artifacts))
    answer, faces = ask(pictures.read(people.artifacts).picture(0)), pictures.read(people.artifacts)
    assert net.result["parameters"] == count_parameters(UNet(width=0.25))
    assert removed.result["images"] == len(faces.part("test"))
    assert answer.mask is not None
    assert answer.mask.shape == faces.picture(0).shape[:2]


def test_classes_are_told_by_a_narrow_network(tmp_path: Path, classed: Trial) -> None:
    params = elfw_chain.TRANSFER.model_copy(update=WIDTH)
    trial = elfw_chain.fine_tune(tmp_path / "trial", classed, params)
    ask = transfer.predictor(Trained(params=params.model_dump(), artifacts=trial.artifacts))
    scores = ask(pictures.read(classed.artifacts).picture(0)).scores["class"]
    assert trial.result["parameters"] < 11_178_051 / 60
    assert sum(scores.values()) == pytest.approx(1)


def test_several_attributes_are_told_by_a_narrow_network(tmp_path: Path, data: Path) -> None:
    faces = multitask_chain.prepare(tmp_path / "faces", data)
    params = multitask_chain.PARAMS.model_copy(update={"width": 0.25})
    trial = multitask_chain.train(tmp_path / "trial", faces, params)
    prepared = Trained(params=multitask_chain.PREPARED, artifacts=faces.artifacts)
    ask = multitask.predictor(
        Trained(params=params.model_dump(), artifacts=trial.artifacts, needs={"pictures": prepared})
    )
    stored = load_file(trial.artifacts / "multitask.safetensors")
    assert stored["shared.0.weight"].shape == (8, 1, 3, 3)
    assert trial.result["parameters"] == 1_524_740  # of the whole network, as the paper counts them
    scores = ask(pictures.read(faces.artifacts).picture(0).repeat(3, axis=2)).scores
    assert {name: sum(found.values()) for name, found in scores.items()} == pytest.approx(
        {"Male": 1, "Eyeglasses": 1}
    )
