from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from tasks import foreground
from tasks.foreground import train
from tasks.nets import unet
from tasks.parts import metrics, pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tests.tasks import background_chain as chain
from tests.tasks.background_chain import UNET, without_timing

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def masks(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    return chain.prepare_masks(tmp_path_factory.mktemp("celebhair"), data)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, masks: Trial) -> Trial:
    return chain.train_unet(tmp_path_factory.mktemp("foreground"), masks)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory, masks: Trial, trained: Trial) -> Trial:
    return chain.measure_unet(tmp_path_factory.mktemp("measured"), masks, trained, batch_size=10)


@pytest.fixture(scope="module")
def removed(tmp_path_factory: pytest.TempPathFactory, people: Trial, trained: Trial) -> Trial:
    return chain.remove_background(tmp_path_factory.mktemp("removed"), people, trained.artifacts)


def test_result_is_the_epoch_of_the_lowest_validation_loss(trained: Trial) -> None:
    logged = [line["val_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert trained.result["val_loss"] == min(logged)


def test_loss_falls(trained: Trial) -> None:
    logged = [line["train_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert logged[-1] < logged[0]


def test_result_carries_the_numbers_of_the_table(trained: Trial) -> None:
    names = ("parameters", "layers", "train_images", "val_images", "epochs", "synthetic")
    assert [trained.result[name] for name in names] == [4_683_331, 202, 11, 3, 2, 1]


def test_same_seed_same_result(tmp_path: Path, masks: Trial, trained: Trial) -> None:
    assert without_timing(chain.train_unet(tmp_path, masks).result) == without_timing(trained.result)


def test_resumed_training_gives_the_same(tmp_path: Path, masks: Trial, trained: Trial) -> None:
    answers = iter([False, False, True])
    needs = {"pictures": masks.artifacts}
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs, stop=lambda: next(answers, False))
    with pytest.raises(InterruptedError):
        foreground.run(UNET, context)
    assert without_timing(foreground.run(UNET, context)) == without_timing(trained.result)


@pytest.mark.parametrize(
    ("given", "halfway"),
    [
        ({}, 0.5**0.9),
        ({"schedule": "step"}, 1.0),
        ({"schedule": "step", "gamma": 0.1, "step_size": 2}, 0.1),
        ({"schedule": "step", "gamma": 0.1, "step_size": 3}, 1.0),
    ],
)
def test_rate_follows_its_schedule(given: dict[str, object], halfway: float) -> None:
    params = foreground.Params.model_validate({"lr": 1.0, "epochs": 4, **given})
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=params.lr)
    rule = train.make_schedule(optimizer, params, steps=8)
    for _ in range(4):
        optimizer.step()
        rule.step()
    assert rule.get_last_lr() == [pytest.approx(halfway)]


def test_a_gamma_without_effect_is_refused() -> None:
    with pytest.raises(ValidationError, match="gamma has no effect with `schedule: poly`"):
        foreground.Params(gamma=0.1)


def test_first_training_pictures_are_drawn_as_the_first_epoch_has_them(masks: Trial, trained: Trial) -> None:
    squares = train.draw_squares(pictures.read(masks.artifacts), [*range(10)], UNET, (0, 0))
    with Image.open(trained.artifacts / "augmented.png") as drawn:
        above, below = np.split(np.array(drawn), 2)
    assert np.array_equal(above, np.concatenate([*squares.pictures.permute(0, 2, 3, 1).numpy()], axis=1))
    assert np.array_equal(below[..., 1] > 0, np.concatenate([*squares.masks.numpy()], axis=1))


def test_drawn_squares_depend_on_row_and_source_alone(masks: Trial) -> None:
    shown = pictures.read(masks.artifacts)
    first = train.draw_squares(shown, [3, 5], UNET, (0, 1))
    other = train.draw_squares(shown, [5, 3], UNET, (0, 1))
    assert torch.equal(first.pictures, other.pictures.flip(0))
    assert not torch.equal(first.pictures, train.draw_squares(shown, [3, 5], UNET, (0, 2)).pictures)


@pytest.mark.parametrize("crop_range", [(0.0, 1.0), (0.9, 0.8), (0.9, 1.1)])
def test_crop_range_must_rise(crop_range: tuple[float, float]) -> None:
    with pytest.raises(ValidationError, match="crop_range must rise within 0 to 1"):
        foreground.Params(crop_range=crop_range)


def test_test_part_is_measured(measured: Trial) -> None:
    assert measured.result["test_images"] == 10
    assert 0 < measured.result["test_miou"] < 1


def test_archived_masks_are_those_that_were_measured(masks: Trial, measured: Trial) -> None:
    squares = train.fit_part(pictures.read(masks.artifacts), "test", 32)
    with np.load(measured.artifacts / "predictions.npz") as found:
        packed = found["packed_masks"]
    predicted = torch.from_numpy(np.unpackbits(packed, axis=-1)[:, 0].astype(bool))
    expected = metrics.two_class_iou(predicted, squares.masks).mean()
    assert float(expected) == pytest.approx(measured.result["test_miou"])


def test_ten_test_pictures_are_drawn_with_truth_and_errors(masks: Trial, measured: Trial) -> None:
    squares = train.fit_part(pictures.read(masks.artifacts), "test", 32)
    with Image.open(measured.artifacts / "overlay.png") as overlay:
        assert overlay.size == (10 * 32, 4 * 32)
        above = np.array(overlay)[:32]
    assert np.array_equal(above, np.concatenate([*squares.pictures.permute(0, 2, 3, 1).numpy()], axis=1))


def test_test_stops_when_asked(tmp_path: Path, masks: Trial, trained: Trial) -> None:
    needs = {"pictures": masks.artifacts, "net": trained.artifacts}
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs, stop=lambda: True)
    with pytest.raises(InterruptedError):
        foreground.test(foreground.TestParams(), context)


def test_removed_pictures_are_the_test_part_with_its_labels(people: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    rows = before.part("test")
    assert list(after.names) == [before.names[row] for row in rows.tolist()]
    assert torch.equal(after.labels["identity"], before.labels["identity"][rows])
    assert after.part("test").tolist() == [0, 1, 2, 3, 4]


def test_background_is_black_and_the_rest_is_as_it_was(people: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    picture, mask = before.picture(int(before.part("test")[1])), after.mask("foreground", 1)
    assert np.array_equal(after.picture(1), np.where(mask[..., None], picture, 0))


def test_cutouts_are_drawn_below_their_pictures(removed: Trial) -> None:
    with Image.open(removed.artifacts / "cutouts.png") as drawn:
        assert drawn.size == (5 * 128, 2 * 128)


def test_share_of_the_foreground_is_told(removed: Trial) -> None:
    after = pictures.read(removed.artifacts)
    shares = [after.mask("foreground", row).mean() for row in range(5)]
    assert removed.result["foreground_share"] == pytest.approx(np.mean(shares))


def test_removed_pictures_have_another_digest_for_another_net(
    tmp_path: Path, people: Trial, removed: Trial
) -> None:
    unet.save(unet.UNet(), tmp_path / foreground.NET, image_size=32)
    other = chain.remove_background(tmp_path / "other", people, tmp_path)
    digests = [pictures.read(trial.artifacts).digest for trial in (removed, other)]
    assert digests[0] != digests[1]


def test_predictor_cuts_out_what_the_stage_cuts_out(people: Trial, trained: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    predict = foreground.predictor(Trained(params=UNET.model_dump(), artifacts=trained.artifacts))
    found = predict(before.picture(int(before.part("test")[2])))
    assert found.mask is not None
    assert np.array_equal(found.mask, after.mask("foreground", 2))
    assert found.cutout is not None
    assert np.array_equal(found.cutout, after.picture(2))
