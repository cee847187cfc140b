from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data import elfw
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tasks.data.images import Pixels

    Copy = Callable[[str], Path]


def labels(*, wearable: int = 0, sunglasses: int = 0) -> Pixels:
    """Return a mask of 100x100 skin pixels with so many of these."""
    pixels = np.full((10_000, 3), elfw.PALETTE["skin"], dtype=np.uint8)
    pixels[:wearable] = elfw.PALETTE["wearable"]
    pixels[wearable : wearable + sunglasses] = elfw.PALETTE["sunglasses"]
    return pixels.reshape(100, 100, 3)


@pytest.mark.parametrize(
    ("wearable", "sunglasses", "name"),
    [(0, 0, "hair"), (0, 29, "hair"), (0, 30, "spectacles"), (99, 30, "spectacles"), (100, 30, "cap")],
)
def test_shares_decide_the_class(wearable: int, sunglasses: int, name: str) -> None:
    assert (
        elfw.CLASSES[elfw.classify(elfw.codes_of(labels(wearable=wearable, sunglasses=sunglasses)))] == name
    )


def test_blue_background_is_taken_for_an_lfw_mask() -> None:
    with pytest.raises(DatasetError, match="background of LFW masks"):
        elfw.classify(elfw.codes_of(labels(sunglasses=5000)))


def test_classes_are_those_drawn(drawn: Path) -> None:
    assert Counter(face.label for face in elfw.read(drawn / "elfw").samples) == {0: 8, 1: 8, 2: 8}


def test_folders_may_lie_at_the_root(drawn: Path) -> None:
    inside, outside = elfw.read(drawn / "elfw/elfw_01_basic"), elfw.read(drawn / "elfw")

    assert inside.samples == outside.samples


def test_stray_pixels_are_background_and_counted(copy: Copy) -> None:
    root = copy("elfw")
    path = next((root / "elfw_01_basic/labels").glob("Aaron*.png"))
    pixels = np.array(Image.open(path))
    pixels[0, :3] = (7, 7, 7)
    Image.fromarray(pixels).save(path)

    assert elfw.read(root).remarks == {"pixel off the palette, taken as background": 3}


def test_wrong_palette_is_refused_by_name(copy: Copy) -> None:
    root = copy("elfw")
    path = root / "elfw_01_basic/labels/Aaron_Abbott_0001.png"
    Image.new("RGB", (250, 250), (128, 128, 128)).save(path)

    with pytest.raises(DatasetError, match=r"Aaron_Abbott_0001.png`: 62500 of its pixels are none"):
        elfw.read(root)


def test_masks_with_red_and_blue_swapped_are_refused(tmp_path: Path) -> None:
    for folder in ("faces", "labels"):
        (tmp_path / folder).mkdir()
    Image.new("RGB", (100, 100)).save(tmp_path / "faces/a.jpg")
    Image.fromarray(labels(sunglasses=2000)).save(tmp_path / "labels/a.png")  # as much as hair covers

    with pytest.raises(DatasetError, match=r"2000 pixels of sunglasses blue and 0 of hair red"):
        elfw.read(tmp_path)


def test_validation_names_lose_their_extension(drawn: Path) -> None:
    validation = elfw.official_split(drawn / "elfw")["validation"]

    assert validation == (
        "Aaron_Abbott_0001",
        "Aaron_Abbott_0003",
        "Aaron_Abbott_0012",
        "Beth_Abbott_0001",
        "Beth_Abbott_0003",
        "Beth_Abbott_0012",
    )


def test_only_one_list_has_extensions(drawn: Path) -> None:
    first = [(drawn / "elfw/elfw_01_basic" / file).read_text().split()[0] for file in elfw.SETS]

    assert [name.endswith(".jpg") for name in first] == [True, False, False]


def test_train_is_all_that_is_not_validation(drawn: Path) -> None:
    split = elfw.official_split(drawn / "elfw")

    assert (len(split["train"]), set(split["train"]) & set(split["validation"])) == (19, set())


def listed(root: Path, text: str, folder: str = ".") -> Path:
    """Write a labels.txt beside two pictures."""
    (root / folder).mkdir(exist_ok=True)
    for name in ("a.jpg", "b c.jpg"):
        Image.new("RGB", (4, 4)).save(root / folder / name)
    (root / "labels.txt").write_text(text)
    return root


@pytest.mark.parametrize(
    "text", ["a.jpg 3\nb c.jpg 1\n", "a.jpg,3\nb c.jpg,1", "a.jpg\t3\r\n\nb c.jpg , 1\n"]
)
def test_label_list_takes_spaces_tabs_and_commas(tmp_path: Path, text: str) -> None:
    faces = elfw.read(listed(tmp_path, text)).samples

    assert [(face.name, face.label) for face in faces] == [("a.jpg", 2), ("b c.jpg", 0)]


def test_label_list_finds_pictures_in_the_folder_of_the_report(tmp_path: Path) -> None:
    assert len(elfw.read(listed(tmp_path, "a.jpg 2\n", "Annotated Data")).samples) == 1


def test_label_list_counts_what_it_drops(tmp_path: Path) -> None:
    root = listed(tmp_path, "a.jpg 1\na.jpg 2\nz.jpg 1\n")

    assert elfw.read(root).dropped == {"image missing": 1, "listed twice": 1, "not listed": 1}


@pytest.mark.parametrize("line", ["a.jpg", "a.jpg 4", "a.jpg 0"])
def test_label_list_names_a_wrong_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(DatasetError, match=r"labels.txt` line 1: expected `<file> <1\|2\|3>`"):
        elfw.read(listed(tmp_path, line))
