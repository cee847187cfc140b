from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data import lfw
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]

COLOURS = {"hair": (255, 0, 0), "skin": (0, 255, 0), "background": (0, 0, 255)}


@pytest.fixture
def one_face(tmp_path: Path) -> Callable[..., Path]:
    """Write a dataset of one face with a 2x2 mask of these colours."""

    def write(*colours: tuple[int, int, int], line: str = "Ann_Lee 7") -> Path:
        for folder in (f"{lfw.IMAGES}/Ann_Lee", lfw.MASKS):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        for file in lfw.LISTS.values():
            (tmp_path / file).write_text("")
        (tmp_path / "parts_train.txt").write_text(f"{line}\n")
        Image.new("RGB", (2, 2)).save(tmp_path / lfw.IMAGES / "Ann_Lee" / "Ann_Lee_0007.jpg")
        pixels = np.array(colours, dtype=np.uint8).reshape(2, 2, 3)
        Image.fromarray(pixels).save(tmp_path / lfw.MASKS / "Ann_Lee_0007.ppm")
        return tmp_path

    return write


FOUR = (COLOURS["hair"], COLOURS["skin"], COLOURS["background"], COLOURS["background"])


@pytest.mark.parametrize("line", ["Ann_Lee 7", "Ann_Lee\t7", "Ann_Lee  7  \r", "Ann_Lee 0007"])
def test_number_is_padded_to_four_digits(one_face: Callable[..., Path], line: str) -> None:
    assert lfw.read(one_face(*FOUR, line=line)).samples[0].name == "Ann_Lee_0007"


def test_mask_with_hair_is_skin_and_hair(one_face: Callable[..., Path]) -> None:
    face = lfw.read(one_face(*FOUR)).samples[0]

    assert lfw.load(face, hair=True)[1].tolist() == [[True, True], [False, False]]


def test_mask_without_hair_is_skin(one_face: Callable[..., Path]) -> None:
    face = lfw.read(one_face(*FOUR)).samples[0]

    assert lfw.load(face, hair=False)[1].tolist() == [[False, True], [False, False]]


def test_pixel_off_the_palette_takes_the_nearest_colour(copy: Copy) -> None:
    face = lfw.read(copy("lfw")).samples[1]
    labels = np.array(Image.open(face.labels))
    labels[0, 0] = (3, 240, 12)
    Image.fromarray(labels).save(face.labels)

    assert lfw.load(face, hair=False)[1][0, 0]


def test_pixels_off_the_palette_are_counted(drawn: Path) -> None:
    remarks = lfw.read(drawn / "lfw").remarks

    assert remarks == {"pixel off the palette, set to the nearest colour": 1}


def test_a_sum_of_255_is_not_enough_to_be_on_the_palette(copy: Copy) -> None:
    face = lfw.read(copy("lfw")).samples[1]
    labels = np.array(Image.open(face.labels))
    labels[0, :2] = [(100, 155, 0), (255, 1, 0)]
    Image.fromarray(labels).save(face.labels)

    assert sum(lfw.read(face.labels.parent.parent).remarks.values()) == 3


def test_another_palette_is_refused(one_face: Callable[..., Path]) -> None:
    black = (0, 0, 0)

    with pytest.raises(DatasetError, match="not one of the LFW colours"):
        lfw.read(one_face(COLOURS["hair"], COLOURS["skin"], black, black))


def test_line_without_number_is_named(one_face: Callable[..., Path]) -> None:
    with pytest.raises(DatasetError, match=r"parts_train.txt` line 1: expected `<person> <number>`"):
        lfw.read(one_face(*FOUR, line="Ann_Lee_0007"))


def test_cut_mask_is_named(one_face: Callable[..., Path]) -> None:
    root = one_face(*FOUR)
    mask = root / lfw.MASKS / "Ann_Lee_0007.ppm"
    mask.write_bytes(mask.read_bytes()[:-3])

    with pytest.raises(DatasetError, match=r"Ann_Lee_0007.ppm` cannot be read"):
        lfw.read(root)


def test_mask_with_a_wrong_header_is_named(one_face: Callable[..., Path]) -> None:
    root = one_face(*FOUR)
    (root / lfw.MASKS / "Ann_Lee_0007.ppm").write_bytes(b"Q6\n2 2\n255\n" + bytes(12))

    with pytest.raises(DatasetError, match=r"Ann_Lee_0007.ppm` cannot be read"):
        lfw.read(root)


def test_mask_that_no_list_names_is_counted(copy: Copy) -> None:
    root = copy("lfw")
    (root / lfw.MASKS / "No_Body_0001.ppm").write_bytes(b"")

    assert lfw.read(root).dropped["mask in no list"] == 1


def test_mask_is_the_documented_binary_ppm(drawn: Path) -> None:
    mask = lfw.read(drawn / "lfw").samples[0].labels.read_bytes()

    assert (mask[:15], len(mask)) == (b"P6\n250 250\n255\n", 15 + 187_500)
