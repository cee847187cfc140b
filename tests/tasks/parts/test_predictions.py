from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from tasks.parts import predictions

MASK = (
    torch.tensor([[True, True], [False, False]]).repeat_interleave(4, 0).repeat_interleave(4, 1)[None, None]
)
PICTURE = np.full((8, 8, 3), 10, dtype=np.uint8)


def test_archive_holds_names_ious_and_masks(tmp_path: Path) -> None:
    predictions.write(tmp_path / "p.npz", ["a"], ~MASK, MASK)
    with np.load(tmp_path / "p.npz") as found:
        unpacked = np.unpackbits(found["packed_masks"], axis=-1, count=int(found["image_size"])).astype(bool)
        assert (found["names"].tolist(), found["iou"].tolist()) == (["a"], [0.0])
    assert np.array_equal(unpacked, ~MASK.numpy())


def test_overlay_shows_picture_truth_prediction_and_errors(tmp_path: Path) -> None:
    predictions.draw_overlay(
        tmp_path / "o.png", [PICTURE] * 9, MASK.repeat(9, 1, 1, 1), MASK.repeat(9, 1, 1, 1)
    )
    with Image.open(tmp_path / "o.png") as overlay:
        assert overlay.size == (4 * 8, predictions.SHOWN * 8)


def test_what_is_outside_of_a_mask_is_dark(tmp_path: Path) -> None:
    predictions.draw_overlay(tmp_path / "o.png", [PICTURE], ~MASK, MASK)
    row = np.array(Image.open(tmp_path / "o.png"))[0, ::8, 0]
    assert row[:3].tolist() == [10, 10, 2]


@pytest.mark.parametrize(("predicted", "channel", "row"), [(~MASK, 1, 7), (~MASK, 0, 0)])
def test_false_positives_are_green_and_negatives_red(
    tmp_path: Path, predicted: torch.Tensor, channel: int, row: int
) -> None:
    predictions.draw_overlay(tmp_path / "o.png", [PICTURE], predicted, MASK)
    pixel = np.array(Image.open(tmp_path / "o.png"))[row, -1]
    assert int(pixel.argmax()) == channel
    assert pixel[channel] > 100


def test_pictures_of_a_column_lie_below_each_other(tmp_path: Path) -> None:
    white, black = np.full((30, 20, 3), 255, np.uint8), np.zeros((30, 20, 3), np.uint8)
    predictions.draw_columns(tmp_path / "columns.png", [(white, black), (white, black)])
    with Image.open(tmp_path / "columns.png") as drawn:
        found = np.array(drawn)
    side = predictions.COLUMN_SIDE
    assert found.shape == (2 * side, 2 * side, 3)
    assert (found[:side] == 255).all()
    assert (found[side:] == 0).all()
