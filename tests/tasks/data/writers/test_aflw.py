import sqlite3
from contextlib import closing
from pathlib import Path

from tests.tasks.data.writers.forms import forms


def rows(drawn: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(drawn / "aflw/data/aflw.sqlite")) as connection:
        return connection.execute(query).fetchall()


def test_files_are_called_as_in_aflw(drawn: Path) -> None:
    assert forms(drawn / "aflw") == {
        "data/aflw-changelog.txt",
        "data/aflw.sqlite",
        "data/flickr/#/image#.jpg",
        "doc/README.txt",
    }


def test_every_face_has_the_21_features(drawn: Path) -> None:
    counts = rows(drawn, "SELECT COUNT(*) FROM FeatureCoords GROUP BY face_id")

    assert counts == [(21,)] * 27


def test_a_listed_picture_lies_where_its_path_says(drawn: Path) -> None:
    paths = [
        drawn / "aflw/data/flickr" / str(path) for (path,) in rows(drawn, "SELECT filepath FROM FaceImages")
    ]

    assert sum(not path.is_file() for path in paths) == 1
