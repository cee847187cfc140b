from pathlib import Path

import pytest

from tasks.predict.finished import NoAnswerError
from tasks.predict.labels import Tally, read_labels


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "labels.csv"
    path.write_text("file,light,hat\nsub/a.png,dark,yes\nb,bright,\n", encoding="utf-8-sig")
    return path


@pytest.mark.parametrize(
    ("picture", "found"), [("sub/a.png", "dark"), ("other/b.jpg", "bright"), ("c.jpg", None)]
)
def test_labels_are_found_by_path_or_name(table: Path, picture: str, found: str | None) -> None:
    assert read_labels(table).of(picture).get("light") == found


def test_share_of_right_answers(table: Path) -> None:
    tally = Tally(read_labels(table), ["light"])
    for picture, answer in (("sub/a.png", "dark"), ("b.png", "dark"), ("c.png", "dark")):
        tally.judge({"picture": picture, "trial": "0123456789", "answer_light": answer})
    assert tally.lines([("0123456789", "net")]) == ["net (01234567): light right in 1 of 2 (50.0%)"]


def test_label_stands_in_the_row(table: Path) -> None:
    row = {"picture": "sub/a.png", "trial": "0", "answer_light": "bright"}
    Tally(read_labels(table), ["light"]).judge(row)
    assert row["label_light"] == "dark"


def test_folder_without_labels_says_so(table: Path) -> None:
    tally = Tally(read_labels(table), ["light"])
    assert tally.lines([("0", "net")]) == ["no picture of the folder has a label"]


def test_labels_of_other_questions_are_told(table: Path) -> None:
    with pytest.raises(NoAnswerError, match="columns light, hat, and the trials answer person\nhint: "):
        Tally(read_labels(table), ["person"])


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "columns none\nhint"), (b"a\nb\n", "columns a\nhint"), (b"\xff,b\n", "cannot be read")],
)
def test_file_that_is_no_table_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(NoAnswerError, match=told):
        read_labels(tmp_path / "labels.csv")
