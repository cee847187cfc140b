from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tasks.data import lfw_pairs
from tasks.data.images import load_rgb, resize_rgb
from tasks.parts import pictures
from tasks.prepare import lfw
from tests.tasks.chain import ran

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tasks.chain import Trial


def prepared(root: Path, data: Path, **given: Any) -> Trial:
    return ran(lfw.run, lfw.Params.model_validate({"image_size": 32, **given}), root, data)


@pytest.mark.parametrize(("crop", "start", "end"), [("middle", 50, 200), ("none", 0, 250)])
def test_picture_is_cut_to_its_middle_or_taken_whole(
    tmp_path: Path, data: Path, crop: str, start: int, end: int
) -> None:
    faces = pictures.read(prepared(tmp_path, data, crop=crop).artifacts)
    whole = load_rgb(lfw_pairs.path_of(data / "lfw", faces.names[0]))

    assert np.array_equal(faces.picture(0), resize_rgb(whole[start:end, start:end], 32))


def test_pairs_are_written_as_they_are_listed(tmp_path: Path, data: Path) -> None:
    with (prepared(tmp_path, data).artifacts / lfw.PAIRS).open() as file:
        rows = list(csv.DictReader(file))
    _, listed = lfw_pairs.read(data / "lfw")

    assert [(int(row["fold"]), row["one"], row["other"], row["same"] == "1") for row in rows] == [
        (pair.fold, pair.one, pair.other, pair.same) for pair in listed
    ]


def test_whole_dataset_is_counted(tmp_path: Path, data: Path) -> None:
    result = prepared(tmp_path, data).result

    assert result["lfw_images_per_person"] == result["lfw_images"] / result["lfw_people"]
    assert (result["images"], result["pairs"], result["folds"], result["lfw_side"]) == (40, 40, 10, 250)


def test_missing_pairs_are_named(tmp_path: Path) -> None:
    assert "pairs.txt" in lfw.missing(lfw.Params(), tmp_path)[0]
