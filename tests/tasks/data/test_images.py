from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data.images import grey, load_rgb, resize_mask, resize_rgb, resize_short, size_of
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (5, 3)).save(tmp_path / "picture.png")

    assert load_rgb(tmp_path / "picture.png").shape == (3, 5, 3)


def test_resized_picture_keeps_a_flat_colour() -> None:
    flat = np.full((30, 50, 3), (10, 200, 30), dtype=np.uint8)

    assert np.array_equal(resize_rgb(flat, 16), np.full((16, 16, 3), (10, 200, 30), dtype=np.uint8))


def test_shrinking_averages_instead_of_skipping_pixels() -> None:
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[:, ::2] = 255

    assert np.abs(resize_rgb(stripes, 8)[:, 1:-1].astype(int) - 127).max() < 20


@pytest.mark.parametrize(("height", "width", "shape"), [(30, 50, (16, 26, 3)), (50, 30, (26, 16, 3))])
def test_shorter_side_is_the_one_asked_for(height: int, width: int, shape: tuple[int, int, int]) -> None:
    assert resize_short(np.zeros((height, width, 3), dtype=np.uint8), 16).shape == shape


def test_grey_keeps_one_channel_of_brightness() -> None:
    green = np.full((3, 5, 3), (0, 255, 0), dtype=np.uint8)

    assert np.array_equal(grey(green), np.full((3, 5, 1), 150, dtype=np.uint8))


def test_size_is_width_and_height(tmp_path: Path) -> None:
    Image.new("RGB", (5, 3)).save(tmp_path / "picture.png")

    assert size_of(tmp_path / "picture.png") == (5, 3)


def test_size_of_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"junk")

    with pytest.raises(DatasetError, match="cannot be read"):
        size_of(tmp_path / "picture.png")


def test_resized_mask_keeps_its_half() -> None:
    mask = np.zeros((100, 60), dtype=np.bool_)
    mask[:50] = True

    assert resize_mask(mask, 32).tolist() == [[row < 16] * 32 for row in range(32)]
