"""VGGFace2: loose crops of 9,131 people, 8,631 of them for training and 500 for testing.

The class of a person is its place among the training people of `identity_meta.csv`; the people for testing
come after them. Boxes belong to the pictures as shipped; their corners may lie outside.
Class numbers as in cydonia999/VGGFace2-pytorch, utils.py; its list files have a prefix `train/`, the official
ones have none: both are read.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from tasks.data import layout
from tasks.data.boxes import Box, parse_box
from tasks.data.reading import ClassedFace, DatasetError, Reading, file_names, make_reading, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

Part: TypeAlias = Literal["train", "test"]

HEADER = "Class_ID"
# A name may hold commas and quotes, spaces may be missing, and a comma may follow the last column.
IDENTITY = re.compile(r'(n\d{6}),\s*"(.*)",\s*(\d+),\s*([01]),\s*([mf])\s*,?')
LISTED = re.compile(r"(?:(train|test)/)?((n\d{6})/[^/]+)\.jpg")


@dataclass(frozen=True, slots=True)
class Identity:
    """A person of the meta table."""

    label: int  # the class: training people from 0, then those for testing
    name: str
    part: Part
    pictures: int  # as the table counts them


def read(
    root: Path, part: Part = "train", *, identities: AbstractSet[str] | None = None
) -> Reading[ClassedFace]:
    """Read the listed pictures of one part, of all its people or of those given.

    A sample is called like its picture without `.jpg`: `n000002/0001_01`.
    Raises DatasetError for a wrong layout, or a table or list that cannot be parsed.
    """
    layout.require("vggface2", root)
    known = read_identities(root)
    faces: list[ClassedFace] = []
    dropped: Counter[str] = Counter()
    for identity, names in read_list(root, part).items():
        if identities is not None and identity not in identities:
            continue
        if identity not in known:
            dropped["person not in the meta table"] += len(names)
        elif known[identity].part != part:
            dropped["person of the other part"] += len(names)
        else:
            folder = root / part / identity
            there = file_names(folder) if folder.is_dir() else frozenset()
            unique = dict.fromkeys(names)
            dropped["listed twice"] += len(names) - len(unique)
            found = [name for name in unique if f"{name.partition('/')[2]}.jpg" in there]
            dropped["image missing"] += len(unique) - len(found)
            label = known[identity].label
            faces += [ClassedFace(name, root / part / f"{name}.jpg", label) for name in found]
    return make_reading("vggface2", root, faces, dropped)


def read_list(root: Path, part: Part) -> Mapping[str, list[str]]:
    """Return the listed names of each person in the order of the list; no picture is looked at.

    Raises DatasetError for a line that cannot be parsed or has the prefix of the other part.
    """
    path = root / f"{part}_list.txt"
    listed: dict[str, list[str]] = {}
    for number, line in numbered_lines(path):
        found = LISTED.fullmatch(line)
        if found is None or found[1] not in {None, part}:
            raise DatasetError(
                f"`{path}` line {number}: expected `n000002/0001_01.jpg`, with or without `{part}/` "
                f"before it, found `{line}`"
            )
        listed.setdefault(found[3], []).append(found[2])
    return listed


def read_identities(root: Path) -> dict[str, Identity]:
    """Return all people of the meta table by their id, in its order.

    Raises DatasetError for a row that cannot be parsed: every class after it would be wrong.
    """
    path = layout.find(root, "meta", "identity_meta.csv")
    rows: list[tuple[str, str, Part, int]] = []
    for number, line in numbered_lines(path):
        if number == 1 and line.startswith(HEADER):
            continue
        found = IDENTITY.fullmatch(line)
        if found is None:
            raise DatasetError(
                f'`{path}` line {number}: expected `n000001, "Name", 424, 0, m`, found `{line}`'
            )
        rows.append((found[1], found[2], "train" if found[4] == "1" else "test", int(found[3])))
    ordered = sorted(rows, key=lambda row: row[2] == "test")  # stable: within a part the order stays
    labels = {identity: label for label, (identity, *_) in enumerate(ordered)}
    return {
        identity: Identity(labels[identity], name, part, pictures) for identity, name, part, pictures in rows
    }


def read_boxes(root: Path, part: Part, names: AbstractSet[str]) -> dict[str, Box]:
    """Read the boxes of these samples as printed, unchecked: they may lie partly outside their picture."""
    path = layout.find(root, "bb_landmark", f"loose_bb_{part}.csv")
    boxes: dict[str, Box] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            for row in csv.reader(file):
                if row and row[0] in names:
                    boxes[row[0]] = parse_box(path, row[0], row[1:])
    except OSError as error:
        raise DatasetError(f"cannot read `{path}`: {error.strerror}") from error
    return boxes


def enlarge(box: Box, share: float) -> Box:
    """Enlarge a box around its middle: 0.3 makes it 1.3 times as wide and high."""
    right, down = round(box.width * share / 2), round(box.height * share / 2)
    return Box(box.x - right, box.y - down, box.width + 2 * right, box.height + 2 * down)
