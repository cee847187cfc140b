from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tasks.data import aflw as reader
from tasks.data import boxes
from tasks.data.boxes import clip
from tasks.data.images import load_rgb, resize_rgb
from tasks.parts import pictures
from tasks.parts.context import FolderContext
from tasks.prepare import aflw

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.pictures import Pictures


def prepared(root: Path, data: Path, **given: Any) -> tuple[dict[str, float], Pictures]:
    """Run the task at 32 pixels; return its result and what it wrote."""
    context = FolderContext(root=root, data=data)
    result = aflw.run(aflw.Params.model_validate({"image_size": 32, **given}), context)
    return result, pictures.read(context.artifact("any").parent)


@pytest.fixture
def damaged(tmp_path: Path, data: Path) -> Path:
    """Return a data folder whose AFLW has a picture of two faces that cannot be read."""
    root = shutil.copytree(data / "aflw", tmp_path / "damaged" / "aflw")
    reader.read(root).samples[0].image.write_bytes(b"junk")
    return root.parent


def test_each_face_is_cut_to_its_box(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)
    face = reader.read(data / "aflw").samples[4]  # its box begins left of the picture
    picture = load_rgb(face.image)
    box = clip(face.box, picture.shape[1], picture.shape[0])

    assert box is not None
    assert np.array_equal(faces.picture(4), resize_rgb(box.cut(picture), 32))


def test_face_is_cut_out_around_its_landmarks(tmp_path: Path, data: Path) -> None:
    result, faces = prepared(tmp_path, data, crop="landmarks")
    face = reader.read(data / "aflw").samples[0]
    picture = load_rgb(face.image)
    around = boxes.around(reader.read_landmarks(data / "aflw")[face.name])
    box = clip(around, picture.shape[1], picture.shape[0])

    assert result["cut_by_landmarks"] == 24
    assert box is not None
    assert np.array_equal(faces.picture(0), resize_rgb(box.cut(picture), 32))


def test_face_whose_mouth_is_not_seen_is_cut_to_its_box(tmp_path: Path, data: Path) -> None:
    root = shutil.copytree(data / "aflw", tmp_path / "half" / "aflw")
    face = reader.read(root).samples[0]
    with closing(sqlite3.connect(root / "data" / reader.DATABASE)) as connection, connection:
        connection.execute("DELETE FROM FeatureCoords WHERE face_id = ? AND feature_id >= 18", (face.name,))
    result, faces = prepared(tmp_path, root.parent, crop="landmarks")
    picture = load_rgb(face.image)
    box = clip(face.box, picture.shape[1], picture.shape[0])

    assert result["cut_by_landmarks"] == 23
    assert box is not None
    assert np.array_equal(faces.picture(0), resize_rgb(box.cut(picture), 32))


def test_two_faces_of_one_picture_differ(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)

    assert not np.array_equal(faces.picture(0), faces.picture(1))


def test_shares_of_the_parts_are_told(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data)

    assert [round(result[f"{part}_share"] * 24) for part in ("train", "val", "test")] == [20, 2, 2]


def test_kinds_of_landmarks_are_counted(tmp_path: Path, data: Path) -> None:
    assert prepared(tmp_path, data)[0]["landmarks"] == 21


def test_faces_are_split_85_10_5(tmp_path: Path, data: Path) -> None:
    _, faces = prepared(tmp_path, data)

    assert {part: len(rows) for part, rows in faces.parts.items()} == {"train": 20, "val": 2, "test": 2}


def test_grouped_parts_share_no_group(data: Path) -> None:
    faces = reader.read(data / "aflw").samples
    context = FolderContext(root=data, data=data)
    looks = aflw.look_at(sorted({face.image for face in faces}), context)
    groups = aflw.group_faces(faces, looks)
    _, written = prepared(data.parent / "grouped", data, split="grouped")
    found = [{groups[written.names[row]] for row in rows.tolist()} for rows in written.parts.values()]

    assert sum(map(len, found)) == len(set.union(*found))


def test_grouped_split_leaks_nothing(tmp_path: Path, data: Path) -> None:
    assert prepared(tmp_path, data, split="grouped")[0]["leaking_test_faces"] == 0


def test_leak_counts_test_faces_of_a_trained_group() -> None:
    groups = {"a": 0, "b": 0, "c": 1}

    assert aflw.describe([], groups, {"train": ["a"], "test": ["b", "c"]})["leaking_test_faces"] == 1


def test_faces_of_a_picture_and_its_near_duplicate_are_grouped(tmp_path: Path, data: Path) -> None:
    # 23 pictures hold the 24 faces; one of them is there twice.
    result, _ = prepared(tmp_path, data)

    assert (result["pictures"], result["groups"], result["near_duplicate_pictures"]) == (23, 22, 1)


def test_boxes_are_counted_by_their_use(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data)

    assert (result["boxes_whole"], result["boxes_cut"]) == (23, 1)


def test_unreadable_picture_is_dropped_and_counted(tmp_path: Path, damaged: Path) -> None:
    result, _ = prepared(tmp_path / "run", damaged)

    assert (result["images"], result["dropped_image_unreadable"]) == (22, 2)


def test_drops_of_the_reader_are_told(tmp_path: Path, data: Path) -> None:
    result, _ = prepared(tmp_path, data)

    assert {"dropped_image_missing", "dropped_no_rectangle", "dropped_sex_undefined"} <= result.keys()


def test_stops_while_the_pictures_are_looked_at(tmp_path: Path, data: Path) -> None:
    with pytest.raises(InterruptedError, match="a look at 0 of 23 pictures"):
        aflw.run(aflw.Params(), FolderContext(root=tmp_path, data=data, stop=lambda: True))


def test_missing_dataset_is_named(tmp_path: Path) -> None:
    assert "aflw.sqlite" in aflw.missing(aflw.Params(), tmp_path)[0]
