"""`tasks.segment.end_to_end`: the encoder is trained with the decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tasks import encode, segment
from tasks.nets import encoders
from tasks.parts import pictures
from tasks.parts.prediction import Trained
from tasks.segment.whole import encoding
from tests.tasks import chain

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow

GIVEN = {"weights": "none", "width": 0.125, "image_size": 64, "batch_size": 8, "lr": 1e-3}
PARAMS = segment.EndToEndParams.model_validate({**GIVEN, "max_epochs": 4})


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, masked: Trial) -> Trial:
    root = tmp_path_factory.mktemp("whole")
    return chain.ran(segment.end_to_end, PARAMS, root, pictures=masked.artifacts)


def test_the_encoder_is_trained(whole: Trial) -> None:
    written = load_file(whole.artifacts / "network.safetensors")
    start = encoders.create(PARAMS, source="none", seed=0).state_dict()
    kept = [name for name, tensor in start.items() if torch.equal(written[f"encoder.{name}"], tensor)]
    assert kept == []


def test_it_starts_where_the_decoder_on_a_frozen_encoder_does(
    tmp_path: Path, masked: Trial, whole: Trial
) -> None:
    encoded = chain.encode_pictures(tmp_path / "encode", masked, width=0.125)
    frozen = chain.SEGMENT.model_copy(update={"max_epochs": 1})
    trial = chain.train_decoder(tmp_path / "segment", masked, encoded.artifacts, frozen)
    first, second = (each.context.logged()[0]["val_loss"] for each in (trial, whole))
    assert first == pytest.approx(second, rel=1e-5)


def test_it_has_the_metrics_of_the_frozen_one(whole: Trial, segmented: Trial) -> None:
    assert whole.result.keys() == segmented.result.keys()


def test_it_starts_from_the_tuned_encoder(tmp_path: Path, masked: Trial, labelled: Trial) -> None:
    gender = chain.GENDER.model_copy(update={"width": 0.125})
    tuned = chain.train_gender(tmp_path / "gender", labelled, gender)
    params = PARAMS.model_copy(update={"pretrain": "gender", "lr": 1e-9, "max_epochs": 1})
    needs = {"pictures": masked.artifacts, "weights": tuned.artifacts}
    trial = chain.ran(segment.end_to_end, params, tmp_path / "whole", **needs)
    found = load_file(trial.artifacts / "network.safetensors")["encoder.tuned.24.weight"]
    expected = load_file(tuned.artifacts / "encoder.safetensors")["tuned.24.weight"]
    assert torch.allclose(found, expected, atol=1e-6)


def test_answer_is_the_archived_mask(masked: Trial, whole: Trial) -> None:
    shown = pictures.read(masked.artifacts)
    ask = segment.predictor(Trained(params=PARAMS.model_dump(), artifacts=whole.artifacts))
    with np.load(whole.artifacts / "predictions.npz") as found:
        name, archived = str(found["names"][0]), np.unpackbits(found["packed_masks"][0, 0], axis=-1) > 0
    assert (ask(shown.picture(shown.names.index(name))).mask == archived).mean() > 0.999


def test_batchnorm_of_an_unfrozen_encoder_has_the_statistics_of_minibatches() -> None:
    params = segment.EndToEndParams.model_validate({**GIVEN, "encoder": "resnet50"})
    encoder = encoders.create(params, source="none", seed=0).unfreeze().train()
    assert all(module.training for module in encoder.modules())
    assert all(parameter.requires_grad for parameter in encoder.parameters())


def test_weights_are_asked_for_where_the_encoder_starts_from_them(tmp_path: Path) -> None:
    asked = [
        segment.missing(segment.EndToEndParams.model_validate({"weights": "/no/such.pth", **given}), tmp_path)
        for given in ({}, {"pretrain": "gender"})
    ]
    assert ["/no/such.pth" in "".join(each) for each in asked] == [True, False]


def test_the_encoder_is_made_as_for_its_features() -> None:
    assert encoding(PARAMS) == encode.Params.model_validate(
        {name: value for name, value in GIVEN.items() if name != "lr"}
    )
