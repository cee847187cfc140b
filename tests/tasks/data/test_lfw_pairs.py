from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from torchvision.datasets import LFWPairs

from tasks.data import lfw_pairs
from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Copy = Callable[[str], Path]


def test_torchvision_finds_the_same_pairs(
    drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LFWPairs, "_check_integrity", lambda _: True)  # it refuses all but the real files
    shutil.copytree(drawn / "lfw", tmp_path / "lfw-py")
    theirs = LFWPairs(str(tmp_path), split="10fold")
    _, pairs = lfw_pairs.read(tmp_path / "lfw-py")
    found = [
        (*(str(lfw_pairs.path_of(tmp_path / "lfw-py", name)) for name in (pair.one, pair.other)), pair.same)
        for pair in pairs
    ]

    assert [(*paths, same == 1) for paths, same in zip(theirs.data, theirs.targets, strict=True)] == found


def test_each_fold_has_as_many_pairs_of_one_person_as_of_two(drawn: Path) -> None:
    _, pairs = lfw_pairs.read(drawn / "lfw")

    assert Counter((pair.fold, pair.same) for pair in pairs) == {
        (fold, same): 2 for fold in range(10) for same in (True, False)
    }


def test_folds_share_no_people(drawn: Path) -> None:
    _, pairs = lfw_pairs.read(drawn / "lfw")
    people = {(name[:-5], pair.fold) for pair in pairs for name in (pair.one, pair.other)}

    assert len(people) == len({person for person, _ in people}) == 20


def test_picture_in_several_pairs_is_one_sample(drawn: Path) -> None:
    reading, pairs = lfw_pairs.read(drawn / "lfw")

    assert (len(reading.samples), len(pairs)) == (40, 40)


def test_pair_without_a_picture_is_left_out_and_told(copy: Copy) -> None:
    root = copy("lfw")
    first = lfw_pairs.read(root)[1][0]
    lfw_pairs.path_of(root, first.one).unlink()
    reading, pairs = lfw_pairs.read(root)

    assert len(pairs) == 37  # it is in a pair of one person and in two of two
    assert (reading.dropped, reading.remarks) == (
        {"image missing": 1},
        {"pair left out, a picture is missing": 3},
    )


def test_cut_list_is_refused(copy: Copy) -> None:
    root = copy("lfw")
    lines = (root / "pairs.txt").read_text().splitlines()
    (root / "pairs.txt").write_text("\n".join(lines[:-1]))

    with pytest.raises(DatasetError, match="says 40 pairs and has 39\nhint: the file is cut"):
        lfw_pairs.read(root)


@pytest.mark.parametrize(
    ("place", "line", "message"),
    [
        (0, "ten folds", "line 1: expected `<folds> <pairs>`, found `ten folds`"),
        (1, "Aaron_Abbott one two", "line 2: expected `<person> <number> <number>`, found"),
        (3, "Aaron_Abbott 1 2", "line 4: expected `<person> <number> <person> <number>`, found"),
    ],
    ids=["head", "one person", "two people"],
)
def test_line_of_another_form_is_named(copy: Copy, place: int, line: str, message: str) -> None:
    root = copy("lfw")
    lines = (root / "pairs.txt").read_text().splitlines()
    lines[place] = line
    (root / "pairs.txt").write_text("\n".join(lines))

    with pytest.raises(DatasetError, match=message):
        lfw_pairs.read(root)


def test_whole_dataset_is_counted(drawn: Path) -> None:
    # 24 pictures of part labels and one without a mask, and 20 people with two pictures each for the pairs.
    counts = lfw_pairs.count_all(drawn / "lfw")

    assert counts == {"lfw_images": 65, "lfw_people": 29, "lfw_side": 250}
