"""LFW's pairs for face verification: funneled pictures, and ten folds of pairs of one or of two people.

View 2 of the dataset: a method is measured on each fold, with all that it fits chosen on the other nine.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.data import images, layout
from tasks.data.lfw import IMAGES
from tasks.data.reading import DatasetError, LabelledFace, Reading, make_reading, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PAIRS = "pairs.txt"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, by their names, and whether they show one person."""

    fold: int
    one: str
    other: str
    same: bool


def read(root: Path) -> tuple[Reading[LabelledFace], tuple[Pair, ...]]:
    """Read the pictures that are in pairs, and the pairs of which both pictures are there.

    Raises DatasetError for a wrong layout and for a list that is cut or cannot be parsed.
    """
    layout.require("lfw_pairs", root)
    listed = tuple(_parse(root / PAIRS))
    names = dict.fromkeys(name for pair in listed for name in (pair.one, pair.other))
    there = {name: path for name in names if (path := path_of(root, name)).is_file()}
    pairs = tuple(pair for pair in listed if pair.one in there and pair.other in there)
    dropped = Counter({"image missing": len(names) - len(there)})
    remarks = Counter({"pair left out, a picture is missing": len(listed) - len(pairs)})
    faces = [LabelledFace(name, path, {}) for name, path in there.items()]
    return make_reading("lfw_pairs", root, faces, dropped, remarks), pairs


def path_of(root: Path, name: str) -> Path:
    """Return where the picture of a name lies, whether or not it is there."""
    return root / IMAGES / name.rpartition("_")[0] / f"{name}.jpg"


def count_all(root: Path) -> dict[str, int]:
    """Return how many pictures and people the whole dataset has, in pairs or not, and a picture's side."""
    people = [folder for folder in (root / IMAGES).iterdir() if folder.is_dir()]
    pictures = [path for folder in people for path in folder.glob("[!.]*.jpg")]
    return {
        "lfw_images": len(pictures),
        "lfw_people": len(people),
        "lfw_side": images.size_of(pictures[0])[0],
    }


def _parse(path: Path) -> Iterator[Pair]:
    """Yield the pairs: so many of one person, then as many of two, and that for each fold."""
    (number, first), *lines = numbered_lines(path) or [(1, "")]
    match first.split():
        case [folds, pairs] if folds.isdecimal() and pairs.isdecimal():
            size = int(pairs)
        case _:
            raise DatasetError(f"`{path}` line {number}: expected `<folds> <pairs>`, found `{first}`")
    if len(lines) != 2 * size * int(folds):
        raise DatasetError(
            f"`{path}` says {2 * size * int(folds)} pairs and has {len(lines)}\n"
            "hint: the file is cut; fetch it again"
        )
    for place, (number, line) in enumerate(lines):
        fold, at = divmod(place, 2 * size)
        yield _pair(path, number, line.split(), fold=fold, same=at < size)


def _pair(path: Path, number: int, words: Sequence[str], *, fold: int, same: bool) -> Pair:
    match words:
        case [person, one, other] if same and one.isdecimal() and other.isdecimal():
            return Pair(fold, _name(person, one), _name(person, other), same)
        case [person, one, stranger, other] if not same and one.isdecimal() and other.isdecimal():
            return Pair(fold, _name(person, one), _name(stranger, other), same)
        case _:
            wanted = "<person> <number> <number>" if same else "<person> <number> <person> <number>"
            raise DatasetError(f"`{path}` line {number}: expected `{wanted}`, found `{' '.join(words)}`")


def _name(person: str, number: str) -> str:
    return f"{person}_{int(number):04d}"
