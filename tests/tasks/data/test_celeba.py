from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from torchvision.datasets import CelebA

from tasks.data import boxes, celeba, images
from tasks.data.reading import DatasetError
from tasks.data.writers.celeba import HEADER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]


@pytest.fixture
def flat(copy: Copy) -> Path:
    """Return the flat tree that torchvision unpacks."""
    root = copy("celeba")
    for path in [*root.glob("Anno/*"), *root.glob("Eval/*"), *root.glob("Img/*")]:
        path.rename(root / path.name)
    for folder in ("Anno", "Eval", "Img"):
        (root / folder).rmdir()
    return root


@pytest.fixture
def theirs(flat: Path, monkeypatch: pytest.MonkeyPatch) -> CelebA:
    """Return torchvision's reader; it refuses all but the real files by their md5."""
    monkeypatch.setattr(CelebA, "_check_integrity", lambda _: True)
    return CelebA(flat.parent, split="valid")


def edit(path: Path, old: str, new: str) -> None:
    """Replace the only occurrence of a text in a file."""
    content = path.read_text()
    assert content.count(old) == 1
    path.write_text(content.replace(old, new))


def test_flat_tree_reads_as_the_official_one(drawn: Path, flat: Path) -> None:
    names = HEADER.split()

    assert celeba.read(flat, names, "val").digest == celeba.read(drawn / "celeba", names, "val").digest


def test_torchvision_finds_the_same_pictures(flat: Path, theirs: CelebA) -> None:
    assert theirs.filename == [face.name for face in celeba.read(flat, ["Male"], "val").samples]


def test_torchvision_finds_the_same_labels(flat: Path, theirs: CelebA) -> None:
    names = HEADER.split()
    ours = [[int(face.labels[name]) for name in names] for face in celeba.read(flat, names, "val").samples]

    assert theirs.attr.tolist() == ours


def test_torchvision_finds_the_same_boxes(flat: Path, theirs: CelebA) -> None:
    table = celeba.read_boxes(flat)
    ours = [table[name] for name in theirs.filename]

    assert theirs.bbox.tolist() == [[box.x, box.y, box.width, box.height] for box in ours]


def test_torchvision_finds_the_same_landmarks(flat: Path, theirs: CelebA) -> None:
    table = celeba.read_landmarks(flat)

    assert theirs.landmarks_align.tolist() == [
        [value for point in table[name] for value in point] for name in theirs.filename
    ]


def test_landmarks_in_the_wild_lie_in_the_boxes(drawn: Path) -> None:
    boxes_of = celeba.read_boxes(drawn / "celeba")
    (left, top), *_ = celeba.read_landmarks(drawn / "celeba", "wild")["000001.jpg"]
    box = boxes_of["000001.jpg"]

    assert box.x < left < box.x + box.width
    assert box.y < top < box.y + box.height


def test_landmark_that_is_no_number_is_named(copy: Copy) -> None:
    root = copy("celeba")
    path = root / "Anno/list_landmarks_celeba.txt"
    path.write_text(re.sub(r"000001.jpg \d+", "000001.jpg here", path.read_text()))

    with pytest.raises(DatasetError, match=r"the landmarks of `000001.jpg` are not whole numbers"):
        celeba.read_landmarks(root, "wild")


def test_torchvision_takes_the_trailing_space_for_a_name(theirs: CelebA) -> None:
    assert theirs.attr_names == [*HEADER.split(), ""]


@pytest.mark.parametrize(("partition", "count"), [("train", 19), ("val", 2), ("test", 3), (None, 24)])
def test_partition_chooses(drawn: Path, partition: celeba.Partition | None, count: int) -> None:
    assert len(celeba.read(drawn / "celeba", ["Male"], partition).samples) == count


@pytest.mark.parametrize(("name", "column"), [("Eyeglasses", 15), ("Male", 20), ("Young", 39)])
def test_columns_stand_where_the_real_table_has_them(name: str, column: int) -> None:
    assert HEADER.split().index(name) == column


def test_labels_are_those_of_the_row(drawn: Path) -> None:
    row = (drawn / "celeba/Anno/list_attr_celeba.txt").read_text().splitlines()[2].split()
    face = celeba.read(drawn / "celeba", ["Male", "Young"]).samples[0]

    assert face.labels == {"Male": row[1 + 20] == "1", "Young": row[1 + 39] == "1"}


def test_unknown_attribute_gets_a_guess(drawn: Path) -> None:
    with pytest.raises(DatasetError, match=r"no attribute `Mustach`; did you mean `Mustache`\?"):
        celeba.read(drawn / "celeba", ["Mustach"])


def test_count_line_that_does_not_fit_the_rows_is_refused(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Anno/list_attr_celeba.txt", "25\n5_o", "202599\n5_o")

    with pytest.raises(DatasetError, match="says 202599 rows and has 25"):
        celeba.read(root, ["Male"])


def test_table_without_count_line_is_refused(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Anno/list_attr_celeba.txt", "25\n5_o", "5_o")

    with pytest.raises(DatasetError, match="expected the number of rows in line 1"):
        celeba.read(root, ["Male"])


def test_row_with_too_few_values_is_named(copy: Copy) -> None:
    root = copy("celeba")
    table = root / "Anno/list_attr_celeba.txt"
    table.write_text(re.sub(r" +-?1\n\Z", "\n", table.read_text()))

    with pytest.raises(DatasetError, match="line 27: expected 40 values, found 39"):
        celeba.read(root, ["Male"])


def test_value_that_is_not_a_sign_is_named(copy: Copy) -> None:
    root = copy("celeba")
    table = root / "Anno/list_attr_celeba.txt"
    table.write_text(re.sub(r"(000001.jpg) +-?1", r"\1  0", table.read_text()))

    with pytest.raises(DatasetError, match=r"5_o_Clock_Shadow of `000001.jpg` is `0`"):
        celeba.read(root, ["5_o_Clock_Shadow"])


def test_partition_line_that_cannot_be_parsed_is_named(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Eval/list_eval_partition.txt", "000002.jpg 0", "000002.jpg 3")

    with pytest.raises(DatasetError, match=r"line 2: expected `<picture> <0\|1\|2>`"):
        celeba.read(root, ["Male"], "train")


def test_picture_in_no_partition_is_counted(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Eval/list_eval_partition.txt", "000002.jpg 0\n", "")

    assert celeba.read(root, ["Male"], "train").dropped["in no partition"] == 1


def test_without_a_partition_every_picture_counts(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Eval/list_eval_partition.txt", "000002.jpg 0\n", "")

    assert len(celeba.read(root, ["Male"]).samples) == 24


@pytest.mark.parametrize("name", ["000009.jpg", "000004.jpg"], ids=["outside the picture", "without width"])
def test_useless_box_is_none(drawn: Path, name: str) -> None:
    assert boxes.clip(celeba.read_boxes(drawn / "celeba")[name], 178, 218) is None


def test_wild_pictures_have_sizes_of_their_own(drawn: Path) -> None:
    faces = celeba.read(drawn / "celeba", ["Male"], "val", pictures="wild").samples

    assert len({images.load_rgb(face.image).shape for face in faces}) == len(faces)


def test_wild_pictures_have_the_labels_of_the_aligned_ones(drawn: Path) -> None:
    aligned, wild = (
        celeba.read(drawn / "celeba", ["Male"], pictures=form).samples for form in celeba.FOLDERS
    )

    assert [face.labels for face in wild] == [face.labels for face in aligned]


def test_absent_wild_picture_is_counted(copy: Copy) -> None:
    root = copy("celeba")
    (root / "Img/img_celeba/000001.jpg").unlink()

    assert celeba.read(root, ["Male"], pictures="wild").dropped["image missing"] == 2


def test_official_split_is_that_of_the_list(drawn: Path) -> None:
    counts = {part: len(names) for part, names in celeba.official_split(drawn / "celeba").items()}

    assert counts == {"train": 20, "val": 2, "test": 3}


def test_box_that_is_no_number_is_named(copy: Copy) -> None:
    root = copy("celeba")
    edit(root / "Anno/list_bbox_celeba.txt", "600 274 343 475", "600 274 343 wide")

    with pytest.raises(DatasetError, match=r"the box of `000009.jpg` is not four whole numbers"):
        celeba.read_boxes(root)


def test_row_listed_twice_is_counted(copy: Copy) -> None:
    root = copy("celeba")
    table = root / "Anno/list_attr_celeba.txt"
    lines = table.read_text().splitlines()
    table.write_text("\n".join(["26", *lines[1:], lines[2]]) + "\n")

    assert celeba.read(root, ["Male"]).dropped["listed twice"] == 1
