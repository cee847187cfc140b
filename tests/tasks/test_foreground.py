from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from pydantic import ValidationError

from tasks import foreground
from tasks.nets import unet
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.parts.prediction import Trained
from tasks.prepare import celebhair, vggface2
from tests.tasks.chain import Trial

if TYPE_CHECKING:
    from pathlib import Path

PARAMS = foreground.Params(image_size=32, batch_size=6, epochs=2, lr=0.05)


@pytest.fixture(scope="module")
def haired(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.celebhair`."""
    context = FolderContext(root=tmp_path_factory.mktemp("celebhair"), data=data)
    return Trial(celebhair.run(celebhair.Params(train=12, val=4, test=6), context), context)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Trial:
    """A finished trial of `tasks.prepare.vggface2`."""
    context = FolderContext(root=tmp_path_factory.mktemp("vggface2"), data=data)
    return Trial(vggface2.run(vggface2.Params(train=4, val=2, test=4, short_side=40), context), context)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, haired: Trial) -> Trial:
    return train(tmp_path_factory.mktemp("foreground"), haired)


@pytest.fixture(scope="module")
def removed(tmp_path_factory: pytest.TempPathFactory, people: Trial, trained: Trial) -> Trial:
    root = tmp_path_factory.mktemp("removed")
    context = FolderContext(root=root, data=root, needs=needs_of(people, trained))
    return Trial(foreground.remove(foreground.RemoveParams(), context), context)


def needs_of(shown: Trial, trained: Trial) -> dict[str, Path]:
    return {"pictures": shown.artifacts, "net": trained.artifacts}


def train(root: Path, shown: Trial, params: foreground.Params = PARAMS) -> Trial:
    context = FolderContext(root=root, data=root, needs={"pictures": shown.artifacts})
    return Trial(foreground.run(params, context), context)


def without_timing(result: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in result.items() if not name.startswith("timing_")}


def measure(root: Path, shown: Trial, trained: Trial, batch_size: int = 16) -> Trial:
    context = FolderContext(root=root, data=root, needs=needs_of(shown, trained))
    return Trial(foreground.test(foreground.TestParams(batch_size=batch_size), context), context)


def test_result_is_the_epoch_of_the_lowest_validation_loss(trained: Trial) -> None:
    logged = [line["val_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert trained.result["val_loss"] == min(logged)


def test_loss_falls(trained: Trial) -> None:
    logged = [line["train_loss"] for line in trained.context.logged() if line["step"] > 0]
    assert logged[-1] < logged[0]


def test_result_carries_the_numbers_of_the_table(trained: Trial) -> None:
    names = ("parameters", "layers", "train_images", "val_images", "epochs", "synthetic")
    assert [trained.result[name] for name in names] == [4_683_331, 202, 12, 4, 2, 1]


def test_same_seed_same_result(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    assert without_timing(train(tmp_path, haired).result) == without_timing(trained.result)


def test_resumed_training_gives_the_same(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    answers = iter([False, False, True])
    needs = {"pictures": haired.artifacts}
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs, stop=lambda: next(answers, False))
    with pytest.raises(InterruptedError):
        foreground.run(PARAMS, context)
    assert without_timing(foreground.run(PARAMS, context)) == without_timing(trained.result)


@pytest.mark.parametrize(("schedule", "halfway"), [("poly", 0.5**0.9), ("constant", 1.0)])
def test_rate_follows_its_schedule(schedule: str, halfway: float) -> None:
    params = foreground.Params.model_validate({"schedule": schedule, "lr": 1.0})
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=params.lr)
    rule = foreground.make_schedule(optimizer, params, steps=4)
    for _ in range(2):
        optimizer.step()
        rule.step()
    assert rule.get_last_lr() == [pytest.approx(halfway)]


def test_drawn_squares_depend_on_row_and_source_alone(haired: Trial) -> None:
    shown = pictures.read(haired.artifacts)
    first = foreground.draw_squares(shown, [3, 5], PARAMS, (0, 1))
    other = foreground.draw_squares(shown, [5, 3], PARAMS, (0, 1))
    assert torch.equal(first.pictures, other.pictures.flip(0))
    assert not torch.equal(first.pictures, foreground.draw_squares(shown, [3, 5], PARAMS, (0, 2)).pictures)


@pytest.mark.parametrize("crop_range", [(0.0, 1.0), (0.9, 0.8), (0.9, 1.1)])
def test_crop_range_must_rise(crop_range: tuple[float, float]) -> None:
    with pytest.raises(ValidationError, match="crop_range must rise within 0 to 1"):
        foreground.Params(crop_range=crop_range)


def test_test_part_is_measured(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    result = measure(tmp_path, haired, trained).result
    assert result["test_images"] == 6
    assert 0 < result["test_miou"] < 1


def test_archived_masks_are_those_that_were_measured(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    trial = measure(tmp_path, haired, trained, batch_size=6)
    shown = pictures.read(haired.artifacts)
    squares = foreground.fit_part(shown, "test", 32)
    with np.load(trial.artifacts / "predictions.npz") as found:
        predicted = np.unpackbits(found["packed_masks"], axis=-1)[:, 0].astype(bool)
    masks = squares.masks.numpy()
    ious = [
        ((a & b).sum() / max((a | b).sum(), 1))
        for own, other in zip(predicted, masks, strict=True)
        for a, b in ((own, other), (~own, ~other))
    ]
    assert float(np.mean(ious)) == pytest.approx(trial.result["test_miou"])


def test_overlay_is_a_picture(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    with Image.open(measure(tmp_path, haired, trained).artifacts / "overlay.png") as overlay:
        assert overlay.size == (3 * 32, 6 * 32)


def test_test_stops_when_asked(tmp_path: Path, haired: Trial, trained: Trial) -> None:
    needs = needs_of(haired, trained)
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs, stop=lambda: True)
    with pytest.raises(InterruptedError):
        foreground.test(foreground.TestParams(), context)


def test_removed_pictures_are_the_test_part_with_its_labels(people: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    rows = before.part("test")
    assert list(after.names) == [before.names[row] for row in rows.tolist()]
    assert torch.equal(after.labels["identity"], before.labels["identity"][rows])
    assert after.part("test").tolist() == [0, 1, 2, 3]


def test_background_is_black_and_the_rest_is_as_it_was(people: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    picture, mask = before.picture(int(before.part("test")[1])), after.mask("foreground", 1)
    assert np.array_equal(after.picture(1), np.where(mask[..., None], picture, 0))


def test_share_of_the_foreground_is_told(removed: Trial) -> None:
    after = pictures.read(removed.artifacts)
    shares = [after.mask("foreground", row).mean() for row in range(4)]
    assert removed.result["foreground_share"] == pytest.approx(np.mean(shares))


def test_removed_pictures_have_another_digest_for_another_net(
    tmp_path: Path, people: Trial, removed: Trial
) -> None:
    (tmp_path / "net").mkdir()
    unet.save(unet.UNet(), tmp_path / "net" / foreground.NET, image_size=32)
    needs = {"pictures": people.artifacts, "net": tmp_path / "net"}
    context = FolderContext(root=tmp_path, data=tmp_path, needs=needs)
    foreground.remove(foreground.RemoveParams(), context)
    digests = [pictures.read(folder).digest for folder in (removed.artifacts, tmp_path / "artifacts")]
    assert digests[0] != digests[1]


def test_predictor_cuts_out_what_the_stage_cuts_out(people: Trial, trained: Trial, removed: Trial) -> None:
    before, after = pictures.read(people.artifacts), pictures.read(removed.artifacts)
    predict = foreground.predictor(Trained(params=PARAMS.model_dump(), artifacts=trained.artifacts))
    found = predict(before.picture(int(before.part("test")[2])))
    assert found.mask is not None
    assert np.array_equal(found.mask, after.mask("foreground", 2))
    assert found.cutout is not None
    assert np.array_equal(found.cutout, after.picture(2))
