from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tasks.data import helen
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Copy = Callable[[str], Path]

NAME = "100032540_1"


def one_face(root: Path, levels: Mapping[int, int], *, name: str = NAME, line: str = "1 , {}\n\n") -> Path:
    """Write a dataset of one face of 3x1 pixels whose maps have these levels everywhere, else 0."""
    (root / "images").mkdir()
    (root / "labels" / name).mkdir(parents=True)
    for file in helen.LISTS.values():
        (root / file).write_text("\n")
    (root / "exemplars.txt").write_text(line.format(name))
    Image.new("RGB", (3, 1)).save(root / "images" / f"{name}.jpg")
    for part in range(helen.PARTS):
        values = np.full((1, 3), levels.get(part, 0), dtype=np.uint8)
        Image.fromarray(values).save(root / "labels" / name / f"{name}_lbl{part:02d}.png")
    return root


def mask(root: Path, *, hair: bool = False) -> bool:
    """Return the value of the mask, which is the same in all pixels of `one_face`."""
    (value,) = set(helen.load(helen.read(root).samples[0], hair=hair)[1].ravel().tolist())
    return bool(value)


@pytest.mark.parametrize("line", ["1 , {}\n\n", "1,{}\n", " 12 ,  {}  \r\n\n"])
def test_list_lines_may_have_spaces_and_a_blank_end(tmp_path: Path, line: str) -> None:
    assert helen.read(one_face(tmp_path, {1: 255}, line=line)).samples[0].name == NAME


def test_a_root_with_a_dot_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "v1.5").mkdir()

    assert mask(one_face(tmp_path / "v1.5", {1: 255}))


def test_half_is_face(tmp_path: Path) -> None:
    assert mask(one_face(tmp_path, {1: 128}))


def test_less_than_half_is_background(tmp_path: Path) -> None:
    assert not mask(one_face(tmp_path, {1: 127}))


def test_parts_add_up(tmp_path: Path) -> None:
    assert mask(one_face(tmp_path, {1: 50, 6: 50, 9: 28}))


def test_sum_above_255_does_not_wrap_around(tmp_path: Path) -> None:
    assert mask(one_face(tmp_path, {1: 150, 2: 150}))


def test_all_maps_zero_is_background(tmp_path: Path) -> None:
    assert not mask(one_face(tmp_path, {}), hair=True)


def test_background_map_does_not_count(tmp_path: Path) -> None:
    assert not mask(one_face(tmp_path, {0: 255}), hair=True)


def test_hair_counts_only_when_asked_for(tmp_path: Path) -> None:
    root = one_face(tmp_path, {10: 255})

    assert (mask(root, hair=True), mask(root, hair=False)) == (True, False)


def test_map_of_another_size_is_refused(tmp_path: Path) -> None:
    root = one_face(tmp_path, {1: 255})
    Image.new("L", (4, 4)).save(root / "labels" / NAME / f"{NAME}_lbl06.png")

    with pytest.raises(DatasetError, match="differ in size: 3x1 and 4x4"):
        helen.load(helen.read(root).samples[0], hair=True)


def test_map_with_values_beyond_255_is_refused_by_its_path(tmp_path: Path) -> None:
    root = one_face(tmp_path, {1: 255})
    path = root / "labels" / NAME / f"{NAME}_lbl06.png"
    Image.fromarray(np.full((1, 3), 60_000, dtype=np.uint16)).save(path)

    with pytest.raises(DatasetError, match=f"{path.name}` cannot be used"):
        helen.load(helen.read(root).samples[0], hair=True)


def test_missing_map_is_counted(copy: Copy) -> None:
    root = copy("helen")
    face = helen.read(root).samples[0]
    (face.labels / f"{face.name}_lbl03.png").unlink()

    assert helen.read(root).dropped["label map missing"] == 2


def test_face_with_labels_that_were_once_wrong_is_kept_and_remarked(tmp_path: Path) -> None:
    reading = helen.read(one_face(tmp_path, {1: 255}, name="2371615952_1"))

    assert reading.remarks == {"labels wrong in copies before 18 February 2016": 1}


def test_picture_in_no_list_is_counted(copy: Copy) -> None:
    root = copy("helen")
    Image.new("RGB", (3, 3)).save(root / "images" / "1_1.jpg")

    assert helen.read(root).dropped["image in no list"] == 1
