"""CelebHair, drawn: the masks of the first pictures of the drawn CelebA, pixel by pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data import celebhair
from tasks.data.drawing import Part
from tasks.data.writers import celeba
from tasks.data.writers.people import FEATURES

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.drawing import Portrait
    from tasks.data.images import Pixels

FACE = (Part.SKIN, Part.EAR, Part.FACIAL_HAIR, Part.GLASSES, *FEATURES)


def write(root: Path, count: int, seed: int) -> None:
    """Write the masks: one without a picture, one with values between the three."""
    masks = root / celebhair.MASKS
    masks.mkdir(parents=True)
    for index in range(count + 1):  # one of CelebA's pictures is not there
        labels = _labels(celeba.aligned(seed, index)[2])
        if index == 0:
            face = np.argwhere(labels == celebhair.FACE)[:2]
            labels[face[:, 0], face[:, 1]] = 127
        Image.fromarray(labels).save(masks / f"{index + 1:06d}.bmp")
    (masks / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")


def _labels(portrait: Portrait) -> Pixels:
    values = np.full(len(Part), celebhair.BACKGROUND, dtype=np.uint8)
    values[list(FACE)] = celebhair.FACE
    values[Part.HAIR] = celebhair.HAIR
    return values[portrait.parts_at_size()]
