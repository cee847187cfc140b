from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from tasks import segment
from tasks.nets import encoders
from tasks.nets.decoder import Decoder
from tasks.parts import features, images, losses, pictures
from tasks.parts.params import EncoderParams
from tasks.parts.prediction import Predictor, Trained
from tasks.segment import train
from tests.tasks import chain
from tests.tasks.chain import SEGMENT, Trial

pytestmark = pytest.mark.slow


def decoder_losses(inputs: torch.Tensor, encoder: torch.nn.Module, masks: torch.Tensor) -> list[float]:
    torch.manual_seed(0)
    decoder = Decoder(512, decoder_input="grid", image_size=64)
    optimizer = torch.optim.RMSprop(decoder.parameters(), lr=1e-2)
    found = []
    for _ in range(4):
        optimizer.zero_grad()
        loss = losses.pixel_bce(decoder(encoder(inputs)), masks)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not say its types
        optimizer.step()
        found.append(loss.item())
    return found


def test_stored_features_train_as_the_frozen_encoder_does(masked: Trial, encoded: Trial) -> None:
    shown, rows = pictures.read(masked.artifacts), torch.arange(8)
    masks = shown.mask_batch("hair", rows)
    encoder = encoders.create(EncoderParams(), source="none", seed=0).requires_grad_(requires_grad=False)
    stored = features.read(encoded.artifacts / "features.safetensors").values[:8]
    through = decoder_losses(images.scale(shown.batch(rows)), encoder.train(), masks)
    assert decoder_losses(stored, torch.nn.Identity(), masks) == through


def test_result_carries_the_metrics_of_the_tables(segmented: Trial) -> None:
    wanted = {"val_iou", "val_iou_pooled", "val_iou_soft", "untrained_val_iou", "best_epoch", "epochs"}
    assert wanted <= segmented.result.keys()


def test_training_beats_the_untrained_decoder(segmented: Trial) -> None:
    assert segmented.result["val_iou"] > segmented.result["untrained_val_iou"]


def test_result_is_the_best_logged_epoch(segmented: Trial) -> None:
    logged = [line["val_iou"] for line in segmented.context.logged() if line["step"] > 0]
    assert segmented.result["val_iou"] == max(logged)


def test_decoder_is_stored(segmented: Trial) -> None:
    assert load_file(segmented.artifacts / "decoder.safetensors")["score.weight"].shape == (1, 512, 1, 1)


def test_archived_ious_average_to_the_result(segmented: Trial) -> None:
    with np.load(segmented.artifacts / "predictions.npz") as found:
        assert float(found["iou"].mean()) == pytest.approx(segmented.result["val_iou"])


def test_overlay_is_a_picture(segmented: Trial) -> None:
    with Image.open(segmented.artifacts / "overlay.png") as overlay:
        assert overlay.size[0] == 4 * 64


def test_same_seed_same_result(tmp_path: Path, masked: Trial, encoded: Trial, segmented: Trial) -> None:
    assert chain.train_decoder(tmp_path, masked, encoded.artifacts).timeless == segmented.timeless


@pytest.mark.parametrize(
    "changed",
    [
        {"hair": False},
        {"split": "official"},
        {"decoder_input": "grid"},
        {"fc_units": 8},
        {"optimizer": "sgd", "momentum": 0.5},
    ],
)
def test_other_parameters_also_train(
    tmp_path: Path, masked: Trial, encoded: Trial, changed: dict[str, object]
) -> None:
    trial = chain.train_decoder(tmp_path, masked, encoded.artifacts, SEGMENT.model_copy(update=changed))
    assert 0 <= trial.result["val_iou"] <= 1


@pytest.mark.parametrize(
    "changed", [{"encoder": "vgg19"}, {"pretrain": "gender"}, {"dataset": "helen"}, {"image_size": 96}]
)
def test_features_of_something_else_are_refused(
    tmp_path: Path, masked: Trial, encoded: Trial, changed: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="hint"):
        chain.train_decoder(tmp_path, masked, encoded.artifacts, SEGMENT.model_copy(update=changed))


def test_features_of_other_pictures_are_refused(tmp_path: Path, data: Path, encoded: Trial) -> None:
    helen = chain.prepare_masks(tmp_path / "helen", data, "helen")
    with pytest.raises(ValueError, match="go back to different pictures of lfw"):
        chain.train_decoder(tmp_path, helen, encoded.artifacts)


def test_sgd_takes_rate_and_momentum() -> None:
    params = segment.Params(optimizer="sgd", lr=0.5, momentum=0.8)
    optimizer = train.make_optimizer(torch.nn.Linear(1, 1).parameters(), params)
    assert isinstance(optimizer, torch.optim.SGD)
    assert (optimizer.defaults["lr"], optimizer.defaults["momentum"]) == (0.5, 0.8)


def test_vgg_never_averages_its_grid() -> None:
    assert train.decoder_input(segment.Params(encoder="vgg16", decoder_input="gap")) == "grid"


@pytest.mark.parametrize("given", ["gap", "grid"])
def test_resnet_takes_the_decoder_input_it_is_given(given: str) -> None:
    params = segment.Params.model_validate({"encoder": "resnet50", "decoder_input": given})
    assert train.decoder_input(params) == given


@pytest.fixture(scope="module")
def ask(encoded: Trial, segmented: Trial) -> Predictor:
    encoding = Trained(params=chain.ENCODE, artifacts=encoded.artifacts)
    params = SEGMENT.model_dump()
    return segment.predictor(
        Trained(params=params, artifacts=segmented.artifacts, needs={"features": encoding})
    )


def test_answer_is_the_archived_mask(masked: Trial, segmented: Trial, ask: Predictor) -> None:
    shown = pictures.read(masked.artifacts)
    with np.load(segmented.artifacts / "predictions.npz") as found:
        name, archived = str(found["names"][0]), np.unpackbits(found["packed_masks"][0, 0], axis=-1) > 0
    # One picture is not computed in quite the order of a batch: a pixel at the very edge may differ.
    assert (ask(shown.picture(shown.names.index(name))).mask == archived).mean() > 0.999


def test_mask_and_cutout_have_the_size_of_the_picture(ask: Predictor) -> None:
    picture = np.full((50, 90, 3), 200, np.uint8)
    answer = ask(picture)
    assert answer.mask is not None
    assert answer.cutout is not None
    assert answer.mask.shape == (50, 90)
    assert np.array_equal(answer.cutout.any(axis=2), answer.mask)
