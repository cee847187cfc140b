"""What the writers share: people with names, their portraits, and how both are written."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from tasks.data.drawing import Part, Portrait, Pose, backdrop, paint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.data.looks import Look

T = TypeVar("T")

FIRST_NAMES = "Aaron Beth Carlos Dana Emil Fatima Goran Hanna Ivo Jamila Kofi Laura Mei Nils Olga Pablo"
LAST_NAMES = "Abbott Berg al-Masri Costa Dahl Eriksen Fischer Garcia Hoang Ito Jansen Keller Lopez Moreau"
FEATURES = tuple(part for part in Part if Part.LEFT_BROW <= part <= Part.LOWER_LIP)
JPEG_QUALITY = 92


def all_people() -> list[str]:
    """Return the names of all people that can be drawn."""
    return [f"{first}_{last}" for last in LAST_NAMES.split() for first in FIRST_NAMES.split()]


def person_names(count: int) -> list[tuple[str, int]]:
    """Return count + 2 people with picture numbers; among them 1 and 12, which files pad to four digits."""
    people = all_people()
    return [(people[index // 3], (1, 12, 3)[index % 3]) for index in range(count + 2)]


def portrait_of(look: Look, width: int, height: int, rng: np.random.Generator) -> Portrait:
    """Paint a person near the middle of a picture of this size, larger or smaller, a little tilted."""
    short = min(width, height)
    pose = Pose(
        x=width / 2 + rng.normal(0, 0.06) * short,
        y=height * 0.46 + rng.normal(0, 0.05) * short,
        unit=rng.uniform(0.15, 0.24) * short,
        tilt=rng.normal(0, 0.1),
    )
    return paint(look, pose, backdrop(width, height, rng), rng)


def coloured(
    parts: Pixels, groups: Mapping[str, Sequence[Part]], palette: Mapping[str, tuple[int, int, int]]
) -> Pixels:
    """Return the colour of each pixel's group, or the palette's background (height x width x 3)."""
    colours = np.full((len(Part), 3), palette["background"], dtype=np.uint8)
    for group, members in groups.items():
        colours[list(members)] = palette[group]
    return colours[parts]


def cut(names: list[T], shares: tuple[int, ...]) -> list[list[T]]:
    """Cut the names one after the other in proportion to the shares."""
    cuts = [round(sum(shares[:at]) / sum(shares) * len(names)) for at in range(len(shares) + 1)]
    return [names[start:end] for start, end in pairwise(cuts)]


def save_jpeg(path: Path, image: Pixels) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path, quality=JPEG_QUALITY)
