"""AFLW: faces in pictures of any size, listed in a SQLite database with box, sex and head pose.

The database is opened read-only and read by column names, which SQLite compares without case.
One picture may hold several faces; many faces are near duplicates of others (2,448 of them by the lists of
the public AFLW scripts), so a random split puts the same face on both sides.
Sex is `m`, `f` or undefined; nobody is guessed to be a woman.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tasks.data import layout
from tasks.data.boxes import Box, Point
from tasks.data.reading import DatasetError, Reading, file_names, make_reading, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

DATABASE, PICTURES = "aflw.sqlite", "flickr"
SEXES = {"m": True, "f": False}

# Left joins, so that faces that lack a row somewhere can be counted instead of vanishing.
QUERY = """
SELECT f.face_id AS face_id, i.filepath AS filepath, r.x AS x, r.y AS y, r.w AS w, r.h AS h, m.sex AS sex,
       p.roll AS roll, p.pitch AS pitch, p.yaw AS yaw
FROM Faces f
LEFT JOIN FaceImages i ON i.file_id = f.file_id AND i.db_id = f.db_id
LEFT JOIN FaceRect r ON r.face_id = f.face_id
LEFT JOIN FaceMetaData m ON m.face_id = f.face_id
LEFT JOIN FacePose p ON p.face_id = f.face_id
ORDER BY f.face_id, r.rowid
"""

# Of the 21 features those that CelebA has too: middles of the eyes, nose, corners of the mouth; only what is
# seen has a row.
FIVE = (8, 11, 15, 18, 20)
EYES, MOUTH = {8, 11}, {18, 20}
POINTS = f"""
SELECT face_id, feature_id, x, y FROM FeatureCoords WHERE feature_id IN {FIVE} ORDER BY face_id, feature_id
"""  # noqa: S608  the numbers are those above
FEATURES = "SELECT COUNT(*) AS features FROM FeatureCoordTypes"


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head is turned, in radians as the database has it."""

    roll: float
    pitch: float
    yaw: float


@dataclass(frozen=True, slots=True)
class BoxedFace:
    """One face of a picture: its box as listed, its sex as the label `Male`, and its pose if it is known."""

    name: str
    image: Path
    box: Box
    labels: Mapping[str, bool]
    pose: Pose | None

    def manifest(self) -> str:
        """Name the face, the bytes of its picture, its box and its labels."""
        box = (str(value) for value in (self.box.x, self.box.y, self.box.width, self.box.height))
        labels = (f"{label}={int(value)}" for label, value in sorted(self.labels.items()))
        return " ".join([self.name, str(size(self.image)), *box, *labels])


def read(root: Path) -> Reading[BoxedFace]:
    """Read the faces that have a picture, a rectangle and a sex.

    Raises DatasetError for a wrong layout, and for a file that is no AFLW database.
    """
    layout.require("aflw", root)
    pictures_at = layout.find(root, "data", PICTURES)
    names_in = cache(_names_in)
    faces: dict[str, BoxedFace] = {}
    dropped: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    seen: set[int] = set()
    for row in _rows(layout.find(root, "data", DATABASE), QUERY):
        if row["face_id"] in seen:
            remarks["row of a face that has one already"] += 1
            continue
        seen.add(row["face_id"])
        reason = _unusable(row)
        path = pictures_at / str(row["filepath"])
        if reason is None and path.name not in names_in(path.parent):
            reason = "image missing"
        if reason is None:
            face = _face(row, path)
            faces[face.name] = face
        else:
            dropped[reason] += 1
    return make_reading("aflw", root, faces.values(), dropped, remarks)


def read_landmarks(root: Path) -> dict[str, tuple[Point, ...]]:
    """Read eyes, nose and corners of the mouth of each face, as far as they are seen, in pixels.

    Faces of which no eye or no corner of the mouth is seen are left out. Raises DatasetError as `read`.
    """
    found: dict[int, dict[int, Point]] = {}
    for row in _rows(layout.find(root, "data", DATABASE), POINTS):
        found.setdefault(row["face_id"], {})[row["feature_id"]] = (row["x"], row["y"])
    return {
        str(face): tuple(points.values())
        for face, points in found.items()
        if EYES & points.keys() and MOUTH & points.keys()
    }


def count_features(root: Path) -> int:
    """Return how many kinds of landmarks the database knows."""
    (row,) = _rows(layout.find(root, "data", DATABASE), FEATURES)
    return int(row["features"])


def _rows(path: Path, query: str) -> Iterator[sqlite3.Row]:
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            connection.row_factory = sqlite3.Row
            yield from connection.execute(query)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise DatasetError(
            f"`{path}` cannot be read as AFLW's database ({error})\nhint: fetch aflw.sqlite again"
        ) from error


def _unusable(row: sqlite3.Row) -> str | None:
    """Say why a row cannot be a sample, from the row alone."""
    if row["filepath"] is None:
        return "no picture listed"
    if any(row[column] is None for column in "xywh"):
        return "no rectangle"
    return None if row["sex"] in SEXES else "sex undefined"


def _face(row: sqlite3.Row, path: Path) -> BoxedFace:
    angles = [row[name] for name in ("roll", "pitch", "yaw")]
    return BoxedFace(
        name=str(row["face_id"]),
        image=path,
        box=Box(*(round(row[column]) for column in "xywh")),
        labels={"Male": SEXES[row["sex"]]},
        pose=None if None in angles else Pose(*angles),
    )


def _names_in(folder: Path) -> frozenset[str]:
    """Return the names in a folder; none in a folder that is not there."""
    return file_names(folder) if folder.is_dir() else frozenset()
