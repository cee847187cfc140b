from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data.images import grey, load_grey, load_rgb, resize_mask, resize_rgb, resize_short, size_of
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (5, 3)).save(tmp_path / "picture.png")

    assert load_rgb(tmp_path / "picture.png").shape == (3, 5, 3)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_16_bits_become_8(tmp_path: Path, ending: str) -> None:
    values = np.array([[0, 128, 257, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(values).save(tmp_path / f"picture.{ending}")

    assert load_rgb(tmp_path / f"picture.{ending}")[0, :, 1].tolist() == [0, 0, 1, 128, 255]


@pytest.mark.parametrize(
    ("kind", "said"), [(np.float32, "fractions"), (np.int32, "whole numbers of 32 bits")]
)
def test_numbers_of_which_nobody_knows_white_are_refused(tmp_path: Path, kind: type, said: str) -> None:
    Image.fromarray(np.full((2, 2), 300, dtype=kind)).save(tmp_path / "picture.tif")

    with pytest.raises(DatasetError, match=rf"picture\.tif` cannot be used: its pixels are {said}"):
        load_rgb(tmp_path / "picture.tif")


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1"])
def test_grey_values_stay_as_they_are(tmp_path: Path, mode: str) -> None:
    values = np.array([[0, 255, 255, 0]], dtype=np.uint8)
    Image.fromarray(values).convert(mode).save(tmp_path / "map.png")

    assert np.array_equal(load_grey(tmp_path / "map.png"), values)


@pytest.mark.parametrize("kind", [np.uint16, np.int32, np.float32])
def test_labels_of_other_numbers_are_refused(tmp_path: Path, kind: type) -> None:
    Image.fromarray(np.full((2, 2), 300, dtype=kind)).save(tmp_path / "map.tif")

    with pytest.raises(DatasetError, match=r"map\.tif` cannot be used: it is a map of labels with mode"):
        load_grey(tmp_path / "map.tif")


def test_labels_in_colours_are_refused(tmp_path: Path) -> None:
    Image.new("RGB", (2, 2), (255, 0, 0)).convert("P").save(tmp_path / "map.png")

    with pytest.raises(DatasetError, match="a map of labels in colours"):
        load_grey(tmp_path / "map.png")


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
