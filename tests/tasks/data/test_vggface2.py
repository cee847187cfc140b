from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tasks.data import vggface2
from tasks.data.boxes import Box
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]

META = "meta/identity_meta.csv"


def add(path: Path, line: str) -> None:
    """Append a line to a table."""
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    "row",
    [
        'n000009, "A_Name", 424, 0, m',
        'n000009,"A_Name",424,0,m',
        'n000009, "A_Name", 424, 0, m,',
        'n000009,  "A_Name",424, 0,m ,',
    ],
)
def test_rows_of_every_release_are_read(copy: Copy, row: str) -> None:
    root = copy("vggface2")
    (root / META).write_text(f"Class_ID, Name, Sample_Num, Flag, Gender\n{row}\n")

    assert vggface2.read_identities(root) == {"n000009": vggface2.Identity(0, "A_Name", "test", 424)}


def test_name_may_hold_commas_and_quotes(drawn: Path) -> None:
    assert vggface2.read_identities(drawn / "vggface2")["n000002"].name == 'Robert_"Bob",_Jr.'


def test_class_is_the_place_among_the_training_people(drawn: Path) -> None:
    people = vggface2.read_identities(drawn / "vggface2")
    labels = {key: who.label for key, who in people.items()}

    assert labels == {"n000001": 4, "n000002": 0, "n000003": 1, "n000004": 5, "n000005": 2, "n000006": 3}


def test_row_that_cannot_be_parsed_is_named(copy: Copy) -> None:
    root = copy("vggface2")
    add(root / META, "n000099, no quotes, 3, 1, m")

    with pytest.raises(DatasetError, match=r"line 8: expected .*found `n000099, no quotes"):
        vggface2.read_identities(root)


def test_flat_meta_table_is_found(copy: Copy) -> None:
    root = copy("vggface2")
    (root / META).rename(root / "identity_meta.csv")

    assert len(vggface2.read(root).samples) == 24


def test_list_lines_with_and_without_prefix_are_the_same(drawn: Path) -> None:
    lines = (drawn / "vggface2/train_list.txt").read_text().splitlines()

    assert {line.startswith("train/") for line in lines} == {False, True}
    assert all(name.startswith("n0") for name in vggface2.read_list(drawn / "vggface2", "train")["n000002"])


@pytest.mark.parametrize("line", ["test/n000002/0001_01.jpg", "n2/0001_01.jpg", "n000002/0001_01.png"])
def test_line_that_cannot_be_parsed_is_named(copy: Copy, line: str) -> None:
    root = copy("vggface2")
    add(root / "train_list.txt", line)

    with pytest.raises(DatasetError, match=rf"line 26: expected .*found `{line}`"):
        vggface2.read(root)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("n000099/0001_01.jpg", "person not in the meta table"),
        ("n000001/0001_01.jpg", "person of the other part"),
        ("n000002/0001_01.jpg", "listed twice"),
    ],
)
def test_useless_line_is_counted(copy: Copy, line: str, reason: str) -> None:
    root = copy("vggface2")
    add(root / "train_list.txt", line)

    assert vggface2.read(root).dropped[reason] == 1


def test_test_part_has_classes_after_the_training_people(drawn: Path) -> None:
    faces = vggface2.read(drawn / "vggface2", "test").samples

    assert {face.label for face in faces} == {4, 5}


def test_only_the_given_people_are_read(drawn: Path) -> None:
    faces = vggface2.read(drawn / "vggface2", identities={"n000003"}).samples

    assert {face.name.partition("/")[0] for face in faces} == {"n000003"}


def test_box_may_begin_outside(drawn: Path) -> None:
    boxes = vggface2.read_boxes(drawn / "vggface2", "train", {"n000002/0001_01"})

    assert list(boxes) == ["n000002/0001_01"]
    assert boxes["n000002/0001_01"].x < 0


def test_box_that_is_no_number_is_named(copy: Copy) -> None:
    root = copy("vggface2")
    add(root / "bb_landmark/loose_bb_train.csv", '"n000002/0001_01",1,2,3,wide')

    with pytest.raises(DatasetError, match="the box of `n000002/0001_01` is not four whole numbers"):
        vggface2.read_boxes(root, "train", {"n000002/0001_01"})


def test_enlarged_box_keeps_its_middle() -> None:
    assert vggface2.enlarge(Box(-10, 20, 100, 200), 0.3) == Box(-25, -10, 130, 260)
