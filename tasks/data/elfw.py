"""ELFW with one class for each picture: hair, spectacles or cap.

Reads the label masks of version 2.0 (23 February 2021; version 1 mixes in displaced masks), or pictures
beside a `labels.txt`. The augmented folders hold pasted objects, some of them corrupted, and are not read.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from tasks.data import images, layout
from tasks.data.reading import ClassedFace, DatasetError, Reading, file_names, make_reading, numbered_lines

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from tasks.data.images import Pixels

CLASSES = ("hair", "spectacles", "cap")
# Blue is sunglasses here and background in LFW: never read one with the palette of the other.
PALETTE = {
    "background": (0, 0, 0),
    "skin": (0, 255, 0),
    "hair": (255, 0, 0),
    "beard-mustache": (0, 255, 255),
    "sunglasses": (0, 0, 255),
    "wearable": (255, 0, 255),
    "mouth-mask": (255, 255, 0),
}
# ELFW has no classes spectacles and cap: these shares of the picture decide (our rule, ELFW prints none).
LEAST_WEARABLE, LEAST_SUNGLASSES = 0.01, 0.003
# No sunglasses cover so much; a blue background does.
MOST_SUNGLASSES = 0.25
MOST_OFF_PALETTE = 0.05
SETS = ("elfw_set_00.txt", "elfw_set_01.txt", "elfw_set_02.txt")
# The delimiter of labels.txt is not documented: a space, a tab and a comma are all accepted.
LABEL_LINE = re.compile(r"(?P<file>.+?)[\s,]+(?P<label>[123])")
PICTURE_ENDINGS = (".jpg", ".jpeg", ".png")


def read(root: Path) -> Reading[ClassedFace]:
    """Read the classes from `labels.txt` if it is there, else from the masks.

    Raises DatasetError for a wrong layout, a line that cannot be parsed, or masks in another palette.
    """
    layout.require("elfw", root)
    return _read_listed(root) if is_listed(root) else _read_masks(root)


def is_listed(root: Path) -> bool:
    """Tell whether somebody has named the class of each picture, in `labels.txt`."""
    return (root / "labels.txt").is_file()


def official_split(root: Path) -> dict[str, tuple[str, ...]]:
    """Return the sorted names of `validation` (the three lists) and `train` (all other faces)."""
    layout.require("elfw", root)
    folder = _basic(root)
    lines = [line for file in SETS for _, line in numbered_lines(folder / file)]
    validation = {line.removesuffix(".jpg").removesuffix(".png") for line in lines}
    names = {name.removesuffix(".jpg") for name in file_names(folder / "faces")}
    return {"train": tuple(sorted(names - validation)), "validation": tuple(sorted(validation))}


def classify(codes: NDArray[np.int64]) -> int:
    """Return the class of a label mask, from its colours as numbers: cap, else spectacles, else hair."""
    if _share(codes, "sunglasses") > MOST_SUNGLASSES:
        raise DatasetError(
            "over a quarter of it is sunglasses blue, which is the background of LFW masks, "
            "and hair where colours are in the order blue, green, red"
        )
    if _share(codes, "wearable") >= LEAST_WEARABLE:
        return CLASSES.index("cap")
    return CLASSES.index("spectacles" if _share(codes, "sunglasses") >= LEAST_SUNGLASSES else "hair")


def _read_masks(root: Path) -> Reading[ClassedFace]:
    folder = _basic(root)
    faces, masks = file_names(folder / "faces"), file_names(folder / "labels")
    stems = {name.removesuffix(".jpg") for name in faces if name.endswith(".jpg")}
    labelled = {name.removesuffix(".png") for name in masks if name.endswith(".png")}
    dropped = Counter({"mask missing": len(stems - labelled), "image missing": len(labelled - stems)})
    remarks: Counter[str] = Counter()
    colours: Counter[str] = Counter()
    samples = []
    for name in sorted(stems & labelled):
        codes = codes_of(images.load_rgb(folder / "labels" / f"{name}.png"))
        label, strange = _classify_codes(folder / "labels" / f"{name}.png", codes)
        remarks["pixel off the palette, taken as background"] += strange
        for part in ("hair", "sunglasses"):
            colours[part] += _count(codes, part)
        samples.append(ClassedFace(name, folder / "faces" / f"{name}.jpg", label))
    _check_colour_order(folder / "labels", colours)
    return make_reading("elfw", root, samples, dropped, remarks)


def _classify_codes(path: Path, codes: NDArray[np.int64]) -> tuple[int, int]:
    """Return the class of a mask and its number of pixels off the palette."""
    strange = int(np.count_nonzero(~np.isin(codes, [_code(colour) for colour in PALETTE.values()])))
    try:
        if strange > MOST_OFF_PALETTE * codes.size:
            raise DatasetError(f"{strange} of its pixels are none of the ELFW colours")
        return classify(codes), strange
    except DatasetError as error:
        raise DatasetError(f"mask `{path}`: {error}\nhint: lay out elfw_01_basic 2.0") from error


def _check_colour_order(folder: Path, colours: Counter[str]) -> None:
    """Raise DatasetError when red and blue are swapped, as some scripts list the colours.

    One mask alone cannot tell: swapped hair is as good as sunglasses. In all of them hair covers far more.
    """
    if colours["sunglasses"] > colours["hair"]:
        raise DatasetError(
            f"masks in `{folder}` have {colours['sunglasses']} pixels of sunglasses blue and "
            f"{colours['hair']} of hair red, so their colours are in the order blue, green, red\n"
            "hint: lay out elfw_01_basic 2.0, whose masks are red, green, blue"
        )


def _read_listed(root: Path) -> Reading[ClassedFace]:
    path = root / "labels.txt"
    folders = (root, root / "Annotated Data")
    there = {
        name: folder / name
        for folder in reversed(folders)
        if folder.is_dir()
        for name in file_names(folder)
        if name.lower().endswith(PICTURE_ENDINGS)
    }
    faces: dict[str, ClassedFace] = {}
    dropped: Counter[str] = Counter()
    for number, line in numbered_lines(path):
        match = LABEL_LINE.fullmatch(line)
        if match is None:
            raise DatasetError(f"`{path}` line {number}: expected `<file> <1|2|3>`, found `{line}`")
        name = match["file"]
        if name in faces:
            dropped["listed twice"] += 1
        elif name not in there:
            dropped["image missing"] += 1
        else:
            # The report counts its classes from 1, a loss over three outputs from 0 (I-002-6).
            faces[name] = ClassedFace(name, there[name], int(match["label"]) - 1)
    dropped["not listed"] = len(there.keys() - faces.keys())
    return make_reading("elfw", root, faces.values(), dropped)


def _basic(root: Path) -> Path:
    return root / "elfw_01_basic" if (root / "elfw_01_basic").is_dir() else root


def codes_of(labels: Pixels) -> NDArray[np.int64]:
    """Return each pixel's colour as one number (height x width) of a mask (height x width x 3)."""
    codes: NDArray[np.int64] = labels.astype(np.int64) @ np.array([1 << 16, 1 << 8, 1])
    return codes


def _code(colour: tuple[int, int, int]) -> int:
    return colour[0] << 16 | colour[1] << 8 | colour[2]


def _count(codes: NDArray[np.int64], part: str) -> int:
    return int(np.count_nonzero(codes == _code(PALETTE[part])))


def _share(codes: NDArray[np.int64], part: str) -> float:
    return _count(codes, part) / codes.size
