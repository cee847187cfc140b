from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from tasks.data.boxes import Box
from tasks.nets.unet import UNet
from tasks.parts import foreground
from tasks.parts.context import FolderContext
from tasks.parts.foreground import Squares

LEFT_HALF = torch.zeros(3, 32, 32, dtype=torch.bool)
LEFT_HALF[:, :, :16] = True


class Bright(nn.Module):
    """Takes bright pixels for foreground."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        brightness = images.mean(dim=1) * 100
        return torch.stack([-brightness, brightness], dim=1)


@pytest.mark.parametrize(
    ("height", "width", "place"),
    [
        (218, 178, Box(29, 0, 261, 320)),
        (178, 218, Box(0, 29, 320, 261)),
        (50, 50, Box(0, 0, 320, 320)),
    ],
)
def test_long_side_fills_the_square(height: int, width: int, place: Box) -> None:
    assert foreground.place_of(height, width, 320) == place


def test_picture_lies_in_the_middle_of_black() -> None:
    square, place = foreground.fit_picture(np.full((40, 20, 3), 200, np.uint8), 32)
    assert (place.cut(square) == 200).all()
    assert int((square > 0).sum()) == place.height * place.width * 3


def test_mask_lies_where_its_picture_lies() -> None:
    mask = foreground.fit_mask(np.ones((40, 20), bool), 32)
    assert foreground.place_of(40, 20, 32).cut(mask).all()
    assert int(mask.sum()) == 32 * 16


def test_stack_takes_pictures_of_any_size() -> None:
    pairs = [(np.zeros((h, w, 3), np.uint8), np.ones((h, w), bool)) for h, w in ((40, 20), (9, 9))]
    stacked = foreground.stack(pairs, 32)
    assert (stacked.pictures.shape, stacked.masks.shape) == ((2, 3, 32, 32), (2, 32, 32))
    assert stacked.masks.dtype == torch.bool


def test_score_of_a_perfect_answer() -> None:
    logits = torch.stack([~LEFT_HALF, LEFT_HALF], dim=1).float() * 100
    found = foreground.score([(logits, LEFT_HALF)])
    assert found == {"loss": pytest.approx(0, abs=1e-6), "miou": 1, "miou_pooled": 1}


def test_loss_is_the_mean_over_images_not_over_batches() -> None:
    right = torch.stack([~LEFT_HALF, LEFT_HALF], dim=1).float() * 100
    answers = [(right[:1], LEFT_HALF[:1]), (-right[:2], LEFT_HALF[:2])]
    wrong = foreground.score(answers[1:])["loss"]
    assert foreground.score(answers)["loss"] == pytest.approx(wrong * 2 / 3)


def test_foreground_of_a_picture_has_its_size() -> None:
    picture = np.zeros((50, 20, 3), np.uint8)
    picture[:25] = 255
    mask = foreground.find(Bright(), picture, 32)  # type: ignore[arg-type]  # a stand-in
    assert mask.shape == (50, 20)
    assert mask[:23].all()
    assert not mask[27:].any()


def test_every_picture_is_answered_in_batches(tmp_path: Path) -> None:
    squares = Squares(torch.zeros(3, 3, 32, 32, dtype=torch.uint8), LEFT_HALF)
    answers = list(foreground.predict(UNet().eval(), squares, 2, FolderContext(root=tmp_path, data=tmp_path)))
    assert [logits.shape[0] for logits, _ in answers] == [2, 1]


def test_stops_between_batches(tmp_path: Path) -> None:
    squares = Squares(torch.zeros(3, 3, 32, 32, dtype=torch.uint8), LEFT_HALF)
    context = FolderContext(root=tmp_path, data=tmp_path, stop=lambda: True)
    with pytest.raises(InterruptedError, match="in an evaluation"):
        list(foreground.predict(UNet(), squares, 2, context))
