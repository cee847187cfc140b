"""CelebA: pictures with forty yes/no attributes, aligned to 178x218 or in the wild at any size.

Reads the official tree (Anno, Eval, Img) and the flat one that torchvision unpacks.
Attributes are noisy: only 12 of the 40 reach 95 % agreement (Wu et al., CVPR workshops 2023).
`Young` = -1 means old.
The boxes and `list_landmarks_celeba.txt` belong to the in-the-wild pictures, not to the aligned ones, which
have a list of landmarks of their own.
"""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeAlias

from tasks.data import layout
from tasks.data.boxes import Box, Point, parse_box
from tasks.data.reading import DatasetError, LabelledFace, Reading, file_names, make_reading, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

Partition: TypeAlias = Literal["train", "val", "test"]
Form: TypeAlias = Literal["aligned", "wild"]
Row: TypeAlias = tuple[str, list[str]]

PARTITIONS: dict[Partition, str] = {"train": "0", "val": "1", "test": "2"}
VALUES = {"1": True, "-1": False}
FOLDERS: dict[Form, str] = {"aligned": "img_align_celeba", "wild": "img_celeba"}
LANDMARKS: dict[Form, str] = {
    "aligned": "list_landmarks_align_celeba.txt",
    "wild": "list_landmarks_celeba.txt",
}


# Where the face lies in every aligned picture, a choice of ours: brow to chin, ear to ear. The box table does
# not help there.
ALIGNED_FACE = Box(25, 50, 128, 128)


def read(
    root: Path, attributes: Sequence[str], partition: Partition | None = None, *, pictures: Form = "aligned"
) -> Reading[LabelledFace]:
    """Read the named attributes of one official partition, or of all pictures for None.

    Raises DatasetError for a wrong layout, an unknown attribute, a cut table or a value that is not -1 or 1.
    """
    layout.require("celeba" if pictures == "aligned" else "celeba_wild", root)
    header, rows = _read_table(layout.find(root, "Anno", "list_attr_celeba.txt"))
    columns = {attribute: _column(attribute, header) for attribute in attributes}
    parts = _read_partition(root) if partition else {}
    pictures_at = picture_folder(root, pictures)
    there = file_names(pictures_at)
    faces: dict[str, LabelledFace] = {}
    dropped: Counter[str] = Counter()
    for name, values in rows:
        if partition and name not in parts:
            dropped["in no partition"] += 1
        elif partition and parts[name] != PARTITIONS[partition]:
            continue
        elif name not in there:
            dropped["image missing"] += 1
        elif name in faces:
            dropped["listed twice"] += 1
        else:
            labels = {attribute: _value(name, attribute, values[at]) for attribute, at in columns.items()}
            faces[name] = LabelledFace(name, pictures_at / name, labels)
    return make_reading("celeba", root, faces.values(), dropped)


def picture_folder(root: Path, pictures: Form = "aligned") -> Path:
    """Return where the pictures are, in either tree, whether or not they are there."""
    return layout.find(root, "Img", FOLDERS[pictures])


def official_split(root: Path) -> dict[Partition, tuple[str, ...]]:
    """Return the names of `train`, `val` and `test`; no person is in two of them."""
    parts = _read_partition(root)
    return {
        partition: tuple(name for name, part in parts.items() if part == number)
        for partition, number in PARTITIONS.items()
    }


def read_boxes(root: Path) -> dict[str, Box]:
    """Read the face boxes as printed, unchecked; they belong to the in-the-wild pictures (Img/img_celeba)."""
    path = layout.find(root, "Anno", "list_bbox_celeba.txt")
    _, rows = _read_table(path, has_name_column=True)
    return {name: parse_box(path, name, values) for name, values in rows}


def read_landmarks(root: Path, pictures: Form = "aligned") -> dict[str, tuple[Point, ...]]:
    """Read the middles of both eyes, the tip of the nose and both corners of the mouth, in pixels."""
    path = layout.find(root, "Anno", LANDMARKS[pictures])
    _, rows = _read_table(path)
    return {name: _points(path, name, values) for name, values in rows}


def _points(path: Path, name: str, values: list[str]) -> tuple[Point, ...]:
    try:
        numbers = [int(value) for value in values]
    except ValueError as error:
        raise DatasetError(f"`{path}`: the landmarks of `{name}` are not whole numbers") from error
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _read_table(path: Path, *, has_name_column: bool = False) -> tuple[list[str], Iterator[Row]]:
    """Return the header and, one by one, the rows of a table that begins with its count of rows."""
    lines = numbered_lines(path)
    if len(lines) < 2 or not lines[0][1].isdecimal():
        raise DatasetError(f"`{path}`: expected the number of rows in line 1 and the column names in line 2")
    count, header = int(lines[0][1]), lines[1][1].split()[int(has_name_column) :]
    if len(lines) - 2 != count:
        raise DatasetError(
            f"`{path}` says {count} rows and has {len(lines) - 2}\nhint: the file is cut; fetch it again"
        )
    return header, _rows(path, lines[2:], len(header))


def _rows(path: Path, lines: list[tuple[int, str]], width: int) -> Iterator[Row]:
    """Yield picture and values of each line: 200,000 rows of 40 texts would fill half a gigabyte at once."""
    for number, line in lines:
        name, *values = line.split()
        if len(values) != width:
            raise DatasetError(f"`{path}` line {number}: expected {width} values, found {len(values)}")
        yield name, values


def _read_partition(root: Path) -> dict[str, str]:
    path = layout.find(root, "Eval", "list_eval_partition.txt")
    partition: dict[str, str] = {}
    for number, line in numbered_lines(path):
        match line.split():
            case [name, ("0" | "1" | "2") as part]:
                partition[name] = part
            case _:
                raise DatasetError(f"`{path}` line {number}: expected `<picture> <0|1|2>`, found `{line}`")
    return partition


def _column(attribute: str, header: list[str]) -> int:
    if attribute not in header:
        near = get_close_matches(attribute, header, n=1)
        guess = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(header)}"
        raise DatasetError(f"CelebA has no attribute `{attribute}`; {guess}")
    return header.index(attribute)


def _value(name: str, attribute: str, text: str) -> bool:
    if text not in VALUES:
        raise DatasetError(f"CelebA attribute {attribute} of `{name}` is `{text}`, expected -1 or 1")
    return VALUES[text]
