"""LFW part labels: funneled pictures with hair, skin and background painted on superpixels.

Facial hair counts as hair, neck and ears as skin, other people as background.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from tasks.data import images, layout
from tasks.data.reading import DatasetError, MaskedFace, Reading, file_names, make_reading, numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tasks.data.images import Mask, Pixels

IMAGES = "lfw_funneled"
MASKS = "parts_lfw_funneled_gt_images"
LISTS = {"train": "parts_train.txt", "validation": "parts_validation.txt", "test": "parts_test.txt"}
# Each of the three colours has one full channel: hair (255,0,0), skin (0,255,0), background (0,0,255).
HAIR, SKIN = 0, 1
# Pixels off the palette are repaired; more than this share of them means that the mask has another palette.
MOST_OFF_PALETTE = 0.05


def read(root: Path) -> Reading[MaskedFace]:
    """Read the union of the three official lists.

    Raises DatasetError for a wrong layout, a list that cannot be parsed, or a mask in another palette.
    """
    layout.require("lfw", root)
    masks = file_names(root / MASKS)
    faces: dict[str, MaskedFace] = {}
    dropped: Counter[str] = Counter()
    remarks: Counter[str] = Counter()
    listed: set[str] = set()
    for person, name in (face for file in LISTS.values() for face in _parse_list(root / file)):
        face = MaskedFace(name, root / IMAGES / person / f"{name}.jpg", root / MASKS / f"{name}.ppm")
        if name in listed:
            dropped["listed twice"] += 1
        elif face.labels.name not in masks:
            dropped["mask missing"] += 1
        elif not face.image.is_file():
            dropped["image missing"] += 1
        else:
            remarks["pixel off the palette, set to the nearest colour"] += _off_palette(face)
            faces[name] = face
        listed.add(name)
    dropped["mask in no list"] += len(masks - {f"{name}.ppm" for name in listed})
    return make_reading("lfw", root, faces.values(), dropped, remarks)


def load(face: MaskedFace, *, hair: bool) -> tuple[Pixels, Mask]:
    """Return the picture (height x width x 3) and its mask (height x width): skin, with or without hair."""
    image, labels = images.load_rgb(face.image), images.load_rgb(face.labels)
    images.check_same_size(face.name, image, labels)
    # The nearest colour of a pixel is that of its largest channel: the palette is the three primaries.
    part = labels.argmax(axis=2)
    return image, (part == SKIN) | (hair & (part == HAIR))


def official_split(root: Path) -> dict[str, tuple[str, ...]]:
    """Return the sorted names of the lists `train`, `validation` and `test`, dropped ones too."""
    layout.require("lfw", root)
    return {
        part: tuple(sorted({name for _, name in _parse_list(root / file)})) for part, file in LISTS.items()
    }


def _parse_list(path: Path) -> Iterator[tuple[str, str]]:
    """Yield person and sample name of each line `Aaron_Eckhart 1`; files pad the number to four digits."""
    for number, line in numbered_lines(path):
        match line.split():
            case [person, index] if index.isdecimal():
                yield person, f"{person}_{int(index):04d}"
            case _:
                raise DatasetError(f"`{path}` line {number}: expected `<person> <number>`, found `{line}`")


def _off_palette(face: MaskedFace) -> int:
    labels = images.load_rgb(face.labels)
    red, green, blue = np.moveaxis(labels, 2, 0)
    # One channel is 255 and they sum to 255; much quicker than comparing with three colours.
    exact = (np.maximum(np.maximum(red, green), blue) == 255) & (red.astype(np.uint16) + green + blue == 255)
    wrong = int(exact.size - np.count_nonzero(exact))
    if wrong > MOST_OFF_PALETTE * exact.size:
        raise DatasetError(
            f"mask `{face.labels}`: {wrong} of {exact.size} pixels are not one of the LFW colours "
            "(255,0,0) hair, (0,255,0) skin, (0,0,255) background\n"
            "hint: ELFW masks have another palette; read them with tasks.data.elfw"
        )
    return wrong
