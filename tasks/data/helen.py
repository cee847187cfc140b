"""HELEN in the form of Smith et al. (CVPR 2013), resized: eleven probability maps for each face.

Part 01 is face skin without ears and neck, so its `face` is not the same concept as that of LFW.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from tasks.data import images, layout
from tasks.data.reading import MaskedFace, Reading, file_names, make_reading, numbered_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Mask, Pixels

LISTS = {"train": "exemplars.txt", "validation": "tuning.txt", "test": "testing.txt"}
PARTS = 11
FACE_WITHOUT_HAIR, HAIR = range(1, 10), 10
# Its labels were wrong until 18 February 2016. The pixels do not say how old a copy is, so the face is kept
# (the count of 2,330 includes it) and remarked upon.
WRONG_IN_OLD_COPIES = "2371615952_1"


def read(root: Path) -> Reading[MaskedFace]:
    """Read the union of the three official lists; raises DatasetError for a wrong layout."""
    layout.require("helen", root)
    pictures, folders = file_names(root / "images"), file_names(root / "labels")
    faces: dict[str, MaskedFace] = {}
    dropped: Counter[str] = Counter()
    listed: set[str] = set()
    for name in (name for file in LISTS.values() for name in _parse_list(root / file)):
        face = MaskedFace(name, root / "images" / f"{name}.jpg", root / "labels" / name)
        if name in listed:
            dropped["listed twice"] += 1
        elif face.image.name not in pictures:
            dropped["image missing"] += 1
        elif name not in folders or not _map_names(name) <= file_names(face.labels):
            dropped["label map missing"] += 1
        else:
            faces[name] = face
        listed.add(name)
    dropped["image in no list"] += len(pictures - {f"{name}.jpg" for name in listed})
    remarks = Counter({"labels wrong in copies before 18 February 2016": int(WRONG_IN_OLD_COPIES in faces)})
    return make_reading("helen", root, faces.values(), dropped, remarks)


def load(face: MaskedFace, *, hair: bool) -> tuple[Pixels, Mask]:
    """Return the picture (height x width x 3) and its face mask (height x width).

    The mask is clip(sum of the maps / 255, 0, 1) >= 0.5 over maps 1..9, and 10 for hair: the maps need not
    add up to 255. A pixel where all are 0 is background. Threshold first, resize after.
    """
    image = images.load_rgb(face.image)
    total = np.zeros(image.shape[:2], dtype=np.uint16)
    for part in (*FACE_WITHOUT_HAIR, *([HAIR] if hair else [])):
        probability = images.load_grey(face.labels / _map_name(face.name, part))
        images.check_same_size(face.name, image, probability)
        total += probability
    return image, total.clip(max=255) >= 0.5 * 255


def official_split(root: Path) -> dict[str, tuple[str, ...]]:
    """Return the sorted names of exemplars (`train`), tuning (`validation`) and testing (`test`)."""
    layout.require("helen", root)
    return {part: tuple(sorted(set(_parse_list(root / file)))) for part, file in LISTS.items()}


def _parse_list(path: Path) -> list[str]:
    """Return the names of lines `1 , 100032540_1`; the real lists end with a blank line."""
    return [line.split(",")[-1].strip() for _, line in numbered_lines(path)]


def _map_names(name: str) -> set[str]:
    return {_map_name(name, part) for part in range(PARTS)}


def _map_name(name: str, part: int) -> str:
    return f"{name}_lbl{part:02d}.png"
