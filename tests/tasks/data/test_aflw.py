from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tasks.data import aflw, images
from tasks.data.boxes import clip
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]

DATABASE = "data/aflw.sqlite"


def execute(root: Path, statement: str, *values: str) -> None:
    """Change the database of a private copy."""
    with closing(sqlite3.connect(root / DATABASE)) as connection, connection:
        connection.execute(statement, values)


def test_flat_tree_reads_as_the_official_one(drawn: Path, copy: Copy) -> None:
    root = copy("aflw")
    for name in ("aflw.sqlite", "flickr"):
        (root / "data" / name).rename(root / name)

    assert aflw.read(root).digest == aflw.read(drawn / "aflw").digest


def test_two_faces_of_a_picture_are_two_samples(drawn: Path) -> None:
    first, second, third = aflw.read(drawn / "aflw").samples[:3]

    assert (first.image == second.image, second.image == third.image) == (True, False)


def test_sex_is_the_label_male(drawn: Path) -> None:
    with closing(sqlite3.connect(drawn / "aflw" / DATABASE)) as connection:
        sexes = dict(connection.execute("SELECT face_id, sex FROM FaceMetaData"))

    faces = aflw.read(drawn / "aflw").samples
    assert [face.labels["Male"] for face in faces] == [sexes[int(face.name)] == "m" for face in faces]


def test_box_may_begin_outside_its_picture(drawn: Path) -> None:
    faces = aflw.read(drawn / "aflw").samples

    assert [face.name for face in faces if face.box.x < 0] == [faces[4].name]


def test_cut_box_lies_inside(drawn: Path) -> None:
    face = aflw.read(drawn / "aflw").samples[4]
    height, width = images.load_rgb(face.image).shape[:2]
    box = clip(face.box, width, height)

    assert box is not None
    assert box.cut(images.load_rgb(face.image)).shape[:2] == (box.height, box.width)


def test_grey_picture_becomes_rgb(drawn: Path) -> None:
    picture = images.load_rgb(aflw.read(drawn / "aflw").samples[5].image)

    assert np.array_equal(picture[..., 0], picture[..., 2])


def test_pose_is_in_radians(copy: Copy) -> None:
    root = copy("aflw")
    execute(root, "UPDATE FacePose SET roll = 0.1, pitch = -0.2, yaw = 1.5707963")

    assert aflw.read(root).samples[0].pose == aflw.Pose(roll=0.1, pitch=-0.2, yaw=1.5707963)


def test_face_without_a_pose_is_kept(copy: Copy) -> None:
    root = copy("aflw")
    execute(root, "DELETE FROM FacePose")

    assert {face.pose for face in aflw.read(root).samples} == {None}


def test_first_rectangle_of_several_counts(copy: Copy) -> None:
    root = copy("aflw")
    first = aflw.read(root).samples[0]
    execute(root, "INSERT INTO FaceRect VALUES (?, 0, 0, 9, 9, 2)", first.name)
    reading = aflw.read(root)

    assert reading.samples[0].box == first.box
    assert reading.remarks == {"row of a face that has one already": 1}


def test_names_are_compared_without_case(copy: Copy, drawn: Path) -> None:
    root = copy("aflw")
    execute(root, "ALTER TABLE Faces RENAME TO faces_")
    columns = "db_id AS DB_ID, face_id AS Face_Id, file_id AS FILE_ID"
    execute(root, f"CREATE TABLE FACES AS SELECT {columns} FROM faces_")  # noqa: S608  a text of ours

    assert aflw.read(root).digest == aflw.read(drawn / "aflw").digest


def test_other_sex_is_dropped_and_never_guessed(copy: Copy) -> None:
    root = copy("aflw")
    execute(root, "UPDATE facemetadata SET sex = '' WHERE sex = 'm'")

    assert {face.labels["Male"] for face in aflw.read(root).samples} == {False}


def test_face_of_another_database_has_no_picture(copy: Copy) -> None:
    root = copy("aflw")
    first = aflw.read(root).samples[0]
    execute(root, "UPDATE Faces SET db_id = 'other' WHERE face_id = ?", first.name)

    assert aflw.read(root).dropped["no picture listed"] == 1


def test_reading_does_not_change_the_database(copy: Copy) -> None:
    root = copy("aflw")
    (root / DATABASE).chmod(0o444)
    before = (root / DATABASE).stat().st_mtime_ns
    aflw.read(root)

    assert (root / DATABASE).stat().st_mtime_ns == before
    assert [path.name for path in (root / "data").glob("aflw.sqlite*")] == ["aflw.sqlite"]


def test_file_that_is_no_database_is_named(copy: Copy) -> None:
    root = copy("aflw")
    (root / DATABASE).write_text("not a database, but long enough to look at " * 40)

    with pytest.raises(DatasetError, match=r"cannot be read as AFLW's database \(file is not a database\)"):
        aflw.read(root)


def test_database_without_a_table_is_named(copy: Copy) -> None:
    root = copy("aflw")
    execute(root, "DROP TABLE FaceRect")

    with pytest.raises(DatasetError, match=r"no such table: FaceRect"):
        aflw.read(root)
