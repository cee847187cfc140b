"""What the two readers with masks must both do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data import helen, lfw
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import ModuleType

each = pytest.mark.parametrize("reader", [lfw, helen], ids=["lfw", "helen"])


def _name(reader: ModuleType) -> str:
    return reader.__name__.rpartition(".")[2]


@each
def test_mask_is_boolean_and_covers_the_picture(reader: ModuleType, drawn: Path) -> None:
    pairs = [reader.load(face, hair=True) for face in reader.read(drawn / _name(reader)).samples]

    assert all(mask.dtype == np.bool_ and mask.shape == image.shape[:2] for image, mask in pairs)


@each
def test_mask_without_hair_lies_within_the_mask_with_hair(reader: ModuleType, drawn: Path) -> None:
    faces = reader.read(drawn / _name(reader)).samples

    assert not any(
        (reader.load(face, hair=False)[1] & ~reader.load(face, hair=True)[1]).any() for face in faces
    )


@each
def test_hair_is_in_only_one_of_the_masks(reader: ModuleType, drawn: Path) -> None:
    faces = reader.read(drawn / _name(reader)).samples
    with_hair, without = (
        sum(int(reader.load(f, hair=hair)[1].sum()) for f in faces) for hair in (True, False)
    )

    assert with_hair > 1.2 * without


@each
def test_masks_are_neither_empty_nor_full(reader: ModuleType, drawn: Path) -> None:
    shares = [reader.load(face, hair=False)[1].mean() for face in reader.read(drawn / _name(reader)).samples]

    assert 0.02 < min(shares) < max(shares) < 0.5


@each
def test_picture_of_another_size_than_its_labels_is_refused(
    reader: ModuleType, copy: Callable[[str], Path]
) -> None:
    face = reader.read(copy(_name(reader))).samples[0]
    Image.new("RGB", (10, 20)).save(face.image)

    with pytest.raises(DatasetError, match=r"differ in size: 10x20 and \d+x\d+"):
        reader.load(face, hair=True)


@each
def test_official_split_is_the_three_lists(reader: ModuleType, drawn: Path) -> None:
    split = reader.official_split(drawn / _name(reader))
    listed = {part: len(names) for part, names in split.items()}

    assert sum(listed.values()) == 26
    assert list(listed) == ["train", "validation", "test"]


@each
def test_official_split_names_all_samples(reader: ModuleType, drawn: Path) -> None:
    split = reader.official_split(drawn / _name(reader))
    names = {face.name for face in reader.read(drawn / _name(reader)).samples}

    assert names <= {name for part in split.values() for name in part}


@each
def test_an_entry_listed_twice_is_counted(reader: ModuleType, copy: Callable[[str], Path]) -> None:
    root = copy(_name(reader))
    lists = [root / file for file in reader.LISTS.values()]
    lists[1].write_text(lists[1].read_text().strip() + "\n" + lists[0].read_text().splitlines()[0])

    assert reader.read(root).dropped["listed twice"] == 1
