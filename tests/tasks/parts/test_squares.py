import numpy as np
import pytest
import torch

from tasks.data.boxes import Box
from tasks.parts import squares


@pytest.mark.parametrize(
    ("height", "width", "place"),
    [
        (218, 178, Box(29, 0, 261, 320)),
        (178, 218, Box(0, 29, 320, 261)),
        (50, 50, Box(0, 0, 320, 320)),
    ],
)
def test_long_side_fills_the_square(height: int, width: int, place: Box) -> None:
    assert squares.place_of(height, width, 320) == place


def test_picture_lies_in_the_middle_of_black() -> None:
    square, place = squares.fit_picture(np.full((40, 20, 3), 200, np.uint8), 32)
    assert (place.cut(square) == 200).all()
    assert int((square > 0).sum()) == place.height * place.width * 3


def test_mask_lies_where_its_picture_lies() -> None:
    mask = squares.fit_mask(np.ones((40, 20), bool), 32)
    assert squares.place_of(40, 20, 32).cut(mask).all()
    assert int(mask.sum()) == 32 * 16


def test_stack_takes_pictures_of_any_size() -> None:
    pairs = [(np.zeros((h, w, 3), np.uint8), np.ones((h, w), bool)) for h, w in ((40, 20), (9, 9))]
    stacked = squares.stack(pairs, 32)
    assert (stacked.pictures.shape, stacked.masks.shape) == ((2, 3, 32, 32), (2, 32, 32))
    assert stacked.masks.dtype == torch.bool
