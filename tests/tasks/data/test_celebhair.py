from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data import celebhair
from tasks.data.drawing import Part
from tasks.data.images import load_grey
from tasks.data.reading import DatasetError
from tasks.data.writers import celeba as celeba_writer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]


@pytest.mark.parametrize(
    ("found", "nearest"), [(0, 0), (63, 0), (65, 128), (127, 128), (191, 128), (192, 255), (254, 255)]
)
def test_value_becomes_the_nearest_of_three(found: int, nearest: int) -> None:
    assert celebhair.repair(np.full((2, 2), found, dtype=np.uint8)).tolist() == [[nearest] * 2] * 2


def test_repaired_pixels_are_counted(drawn: Path) -> None:
    remarks = celebhair.read(drawn / "celebhair").remarks

    assert remarks == {"pixel off the three values, set to the nearest": 2}


def test_foreground_is_what_is_not_background(drawn: Path) -> None:
    face = celebhair.read(drawn / "celebhair").samples[1]

    assert np.array_equal(celebhair.load(face, hair=True)[1], load_grey(face.labels) > 0)


def test_without_hair_the_mask_is_the_face(drawn: Path) -> None:
    face = celebhair.read(drawn / "celebhair").samples[1]

    assert np.array_equal(celebhair.load(face, hair=False)[1], load_grey(face.labels) == 128)


def test_drawn_mask_fits_the_drawn_picture_pixel_by_pixel(drawn: Path) -> None:
    face = celebhair.read(drawn / "celebhair").samples[7]
    portrait = celeba_writer.aligned(0, int(face.name) - 1)[2]

    assert np.array_equal(portrait.parts_at_size() == Part.HAIR, load_grey(face.labels) == 255)


def test_picture_is_that_of_celeba(drawn: Path) -> None:
    face = celebhair.read(drawn / "celebhair").samples[0]

    assert face.image == drawn / "celeba/Img/img_align_celeba/000001.jpg"


def test_picture_may_be_the_png_of_the_same_number(copy: Copy) -> None:
    root = copy("celebhair")
    pictures = root.parent / "celeba/Img/img_align_celeba"
    Image.open(pictures / "000001.jpg").save(pictures / "000001.png")
    Image.open(pictures / "000002.jpg").save(pictures / "000002.png")
    (pictures / "000001.jpg").unlink()

    assert [face.image.name for face in celebhair.read(root).samples[:2]] == ["000001.png", "000002.jpg"]


def test_flat_tree_of_celeba_is_found(copy: Copy) -> None:
    root = copy("celebhair")
    celeba = root.parent / "celeba"
    (celeba / "Img" / "img_align_celeba").rename(celeba / "img_align_celeba")

    assert celebhair.read(root).samples[0].image == celeba / "img_align_celeba/000001.jpg"


def test_without_celeba_it_says_where_the_pictures_belong(copy: Copy) -> None:
    root = copy("celebhair")
    (root.parent / "celeba").rename(root.parent / "elsewhere")

    with pytest.raises(DatasetError, match=r"(?s)those of CelebA, which are not at.*hint: lay CelebA's"):
        celebhair.read(root)


def test_other_files_are_counted(copy: Copy) -> None:
    root = copy("celebhair")
    (root / celebhair.MASKS / "segmentations.txt").write_text("000001\n")

    assert celebhair.read(root).dropped == {"image missing": 1, "not a .bmp file": 1}


def test_mask_of_another_size_is_named(copy: Copy) -> None:
    face = celebhair.read(copy("celebhair")).samples[0]
    Image.new("L", (50, 60)).save(face.labels)

    with pytest.raises(DatasetError, match="`000001` differ in size: 178x218 and 50x60"):
        celebhair.load(face, hair=True)
