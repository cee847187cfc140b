"""HELEN, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data import helen
from tasks.data.drawing import Part
from tasks.data.looks import sample_look
from tasks.data.writers.people import FEATURES, cut, portrait_of, save_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.drawing import Portrait
    from tasks.data.images import Pixels

# What HELEN puts into its map of face skin besides bare skin.
SKIN = (Part.SKIN, Part.FACIAL_HAIR, Part.GLASSES)


def write(root: Path, count: int, seed: int) -> None:
    """Write HELEN: many sizes, maps that sum to 0 and to 300, blank last lines."""
    names = [f"{232194 + 7919 * index}_{index % 3 + 1}" for index in range(count + 2)]
    for index, name in enumerate(names):
        rng = np.random.default_rng([seed, 2, index])
        short = int(rng.integers(150, 230))
        long = int(short * rng.uniform(1.0, 1.45))
        width, height = (short, long) if rng.random() < 0.6 else (long, short)
        portrait = portrait_of(sample_look(rng), width, height, rng)
        if index != count:  # that face has maps but no picture
            save_jpeg(root / "images" / f"{name}.jpg", portrait.image)
        maps = _maps(portrait)
        if index == 0:
            maps[:, :4, :8] = 0
            maps[1:3, :4, 4:8] = 150
        folder = root / "labels" / name
        folder.mkdir(parents=True)
        for part in range(helen.PARTS if index != count + 1 else helen.HAIR):  # and that one no hair map
            Image.fromarray(maps[part]).save(folder / f"{name}_lbl{part:02d}.png", compress_level=1)
    number = 0
    for file, chosen in zip(helen.LISTS.values(), cut(names, (2000, 230, 100)), strict=True):
        lines = [f"{at} , {name}\n" for at, name in enumerate(chosen, number + 1)]
        number += len(lines)
        (root / file).write_text("".join(lines) + "\n")


def _maps(portrait: Portrait) -> Pixels:
    """Return the eleven probability maps (11 x height x width); map 0 is what the others leave."""
    groups = [SKIN, *((part,) for part in FEATURES), (Part.HAIR,)]
    maps = np.stack([portrait.coverage(group) for group in groups])
    rest = 255 - maps.sum(axis=0, dtype=np.uint16).clip(max=255)
    return np.concatenate([rest[None].astype(np.uint8), maps])
