from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tasks.data import celebhair as reader
from tasks.data.reading import DatasetError
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.prepare import celebhair

if TYPE_CHECKING:
    from pathlib import Path

PARAMS = celebhair.Params(train=12, val=6, test=4)


@pytest.fixture
def context(tmp_path: Path, data: Path) -> FolderContext:
    return FolderContext(root=tmp_path, data=data)


def test_parts_follow_each_other_by_name(context: FolderContext) -> None:
    celebhair.run(PARAMS, context)
    shown = pictures.read(context.artifact("any").parent)

    assert [shown.part(part).tolist() for part in ("train", "val", "test")] == [
        list(range(12)),
        list(range(12, 18)),
        list(range(18, 22)),
    ]


def test_picture_without_a_file_leaves_its_place_to_the_next(context: FolderContext) -> None:
    celebhair.run(PARAMS, context)

    assert pictures.read(context.artifact("any").parent).names[3:6] == ("000004", "000006", "000007")


def test_foreground_is_face_and_hair(context: FolderContext, data: Path) -> None:
    celebhair.run(PARAMS, context)
    shown = pictures.read(context.artifact("any").parent)
    face = reader.read(data / "celebhair").samples[2]

    assert np.array_equal(shown.mask("foreground", 2), reader.load(face, hair=True)[1])


def test_pictures_of_celeba_are_counted(context: FolderContext, data: Path) -> None:
    there = [*(data / "celeba").rglob("img_align_celeba/*.jpg")]

    assert celebhair.run(PARAMS, context)["celeba_images"] == len(there) > 0


def test_repaired_pixels_are_told(context: FolderContext) -> None:
    assert celebhair.run(PARAMS, context)["repaired_pixels"] == 2


def test_too_few_masks_are_told(context: FolderContext) -> None:
    with pytest.raises(DatasetError, match=r"asked for 3000 \+ 200 \+ 200 masked pictures, found 24"):
        celebhair.run(celebhair.Params(), context)


def test_both_datasets_are_looked_for(tmp_path: Path) -> None:
    assert [message.split()[1] for message in celebhair.missing(PARAMS, tmp_path)] == ["celebhair", "celeba"]
