"""AFLW, drawn: the database of 2012 with its tables, and pictures in numbered folders."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

from tasks.data.boxes import Box
from tasks.data.drawing import Pose, backdrop, paint
from tasks.data.looks import sample_look
from tasks.data.writers.people import JPEG_QUALITY

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.data.looks import Look

Rows: TypeAlias = dict[str, list[tuple[Any, ...]]]

# Column names as the public importer writes them; the types are our choice. `facemetadata` is written small
# here and with capitals elsewhere: SQLite does not mind.
TABLES = {
    "Databases": "db_id TEXT, path TEXT, description TEXT",
    "FaceImages": "image_id INTEGER PRIMARY KEY, db_id TEXT, file_id TEXT, filepath TEXT, bw INTEGER, "
    "width INTEGER, height INTEGER",
    "Faces": "face_id INTEGER PRIMARY KEY, file_id TEXT, db_id TEXT",
    "FaceRect": "face_id INTEGER, x INTEGER, y INTEGER, w INTEGER, h INTEGER, annot_type_id INTEGER",
    "FacePose": "face_id INTEGER, roll REAL, pitch REAL, yaw REAL, annot_type_id INTEGER",
    "facemetadata": "face_id INTEGER, sex TEXT, occluded INTEGER, glasses INTEGER, bw INTEGER, "
    "annot_type_id INTEGER",
    "FaceEllipse": "face_id INTEGER, x REAL, y REAL, ra REAL, rb REAL, theta REAL, annot_type_id INTEGER, "
    "upsidedown INTEGER",
    "FeatureCoords": "face_id INTEGER, feature_id INTEGER, x REAL, y REAL, annot_type_id INTEGER",
    "FeatureCoordTypes": "feature_id INTEGER PRIMARY KEY, descr TEXT, code TEXT, x REAL, y REAL, z REAL",
    "AnnotationType": "annot_type_id INTEGER PRIMARY KEY, code TEXT, description TEXT",
}
# The 21 features in their official order, in the face coordinates of `drawing`.
FEATURES = {
    "LeftBrowLeftCorner": (-0.64, -0.3),
    "LeftBrowCenter": (-0.42, -0.37),
    "LeftBrowRightCorner": (-0.2, -0.3),
    "RightBrowLeftCorner": (0.2, -0.3),
    "RightBrowCenter": (0.42, -0.37),
    "RightBrowRightCorner": (0.64, -0.3),
    "LeftEyeLeftCorner": (-0.62, -0.08),
    "LeftEyeCenter": (-0.42, -0.08),
    "LeftEyeRightCorner": (-0.22, -0.08),
    "RightEyeLeftCorner": (0.22, -0.08),
    "RightEyeCenter": (0.42, -0.08),
    "RightEyeRightCorner": (0.62, -0.08),
    "LeftEar": (-0.98, 0.1),
    "NoseLeft": (-0.2, 0.34),
    "NoseCenter": (0.0, 0.3),
    "NoseRight": (0.2, 0.34),
    "RightEar": (0.98, 0.1),
    "MouthLeftCorner": (-0.35, 0.66),
    "MouthCenter": (0.0, 0.7),
    "MouthRightCorner": (0.35, 0.66),
    "ChinCenter": (0.0, 1.3),
}
FIRST_FACE, FIRST_IMAGE = 39341, 35
FOLDERS = ("0", "2", "3")
MANUAL = 1


@dataclass(frozen=True, slots=True)
class Face:
    """One face on a picture."""

    look: Look
    pose: Pose
    box: Box | None
    sex: str


def write(root: Path, count: int, seed: int) -> None:
    """Write count usable faces and three that are not: no picture, no rectangle, no sex.

    The 1st and 2nd share a picture, the 4th is a near duplicate of the 3rd, the 5th's box begins left of its
    picture, the 6th's picture is grey.
    """
    folder = root / "data"
    (folder / "flickr").mkdir(parents=True)
    (root / "doc").mkdir()
    (root / "doc" / "README.txt").write_text("Drawn in the format of AFLW.\n")
    (folder / "aflw-changelog.txt").write_text("2012-11-28 drawn in this format\n")
    rows: Rows = {table: [] for table in TABLES}
    rows["Databases"].append(("flickr", "flickr", "pictures of flickr.com"))
    rows["AnnotationType"].append((MANUAL, "manual", "by hand"))
    for number, (name, point) in enumerate(FEATURES.items(), 1):
        rows["FeatureCoordTypes"].append((number, name, name, *point, 0.0))
    number = 0
    for index in range(count + 2):  # count + 3 faces, two of them on the first picture
        picture, faces = _draw(index, seed)
        file_id = f"image{FIRST_IMAGE + 11 * index:05d}.jpg"
        place = f"{FOLDERS[index % len(FOLDERS)]}/{file_id}"
        if index != 7:  # listed but not there
            shown = Image.fromarray(picture).convert("L" if index == 4 else "RGB")
            (folder / "flickr" / place).parent.mkdir(exist_ok=True)
            shown.save(folder / "flickr" / place, quality=80 if index == 2 else JPEG_QUALITY)
        height, width = picture.shape[:2]
        image_row = (index + 1, "flickr", file_id, place, int(index == 4), width, height)
        rows["FaceImages"].append(image_row)
        for face in faces:
            _add(rows, FIRST_FACE + number, file_id, face, np.random.default_rng([seed, 6, number]))
            number += 1
    _write_database(folder / "aflw.sqlite", rows)


def _draw(index: int, seed: int) -> tuple[Pixels, list[Face]]:
    """Return a picture and its faces."""
    if index == 2:  # the picture before it once more, boxed by another hand
        picture, (face,) = _draw(1, seed)
        assert face.box is not None
        return picture, [replace(face, box=replace(face.box, x=face.box.x + 1, width=face.box.width + 1))]
    rng = np.random.default_rng([seed, 5, index])
    width, height = (int(side) for side in rng.integers((180, 180), (280, 300)))
    if index == 0:
        width = 2 * width
    picture = backdrop(width, height, rng)
    faces = []
    for middle in (0.25, 0.75) if index == 0 else (0.5,):
        look = sample_look(rng)
        unit = float(rng.uniform(0.19, 0.25)) * min(width, height)
        x = 0.7 * unit if index == 3 else width * middle
        pose = Pose(x, height * 0.48, unit, float(rng.normal(0, 0.2)))
        picture = paint(look, pose, picture, rng).image
        sex = "" if index == 9 else "m" if look.male else "f"
        faces.append(Face(look, pose, None if index == 8 else _box_around(pose), sex))
    return picture, faces


def _box_around(pose: Pose) -> Box:
    """Return a square around a face, as AFLW's rectangles are."""
    side = round(2.8 * pose.unit)
    return Box(round(pose.x) - side // 2, round(pose.y - 0.05 * pose.unit) - side // 2, side, side)


def _add(rows: Rows, face_id: int, file_id: str, face: Face, rng: np.random.Generator) -> None:
    """Add a face to all tables; angles in radians, as in the real database."""
    rows["Faces"].append((face_id, file_id, "flickr"))
    if face.box is not None:
        box = (face.box.x, face.box.y, face.box.width, face.box.height)
        rows["FaceRect"].append((face_id, *box, MANUAL))
    pitch, yaw = (round(float(angle), 6) for angle in rng.normal(0, (0.2, 0.6)))
    rows["FacePose"].append((face_id, round(face.pose.tilt, 6), pitch, yaw, MANUAL))
    glasses = int(face.look.glasses != "none")
    rows["facemetadata"].append((face_id, face.sex, 0, glasses, 0, MANUAL))
    x, y, unit = (round(value, 2) for value in (face.pose.x, face.pose.y, face.pose.unit))
    rows["FaceEllipse"].append((face_id, x, y, 1.3 * unit, unit, face.pose.tilt, MANUAL, 0))
    for number, (across, down) in enumerate(face.pose.place(list(FEATURES.values())), 1):
        rows["FeatureCoords"].append((face_id, number, round(across, 2), round(down, 2), MANUAL))


def _write_database(path: Path, rows: Rows) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for table, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            holes = ",".join("?" * (columns.count(",") + 1))
            insert = f"INSERT INTO {table} VALUES ({holes})"  # noqa: S608  the names are those above
            connection.executemany(insert, rows[table])
    connection.close()
