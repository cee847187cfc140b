"""LFW, drawn: part labels, and pairs for verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data import lfw, lfw_pairs
from tasks.data.drawing import Part
from tasks.data.looks import sample_look
from tasks.data.writers.people import (
    FEATURES,
    all_people,
    coloured,
    cut,
    person_names,
    portrait_of,
    save_jpeg,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.drawing import Portrait
    from tasks.data.images import Pixels

COLOURS = {"hair": (255, 0, 0), "skin": (0, 255, 0), "background": (0, 0, 255)}
SKIN = (Part.SKIN, Part.NECK, Part.EAR, Part.GLASSES, *FEATURES)
HAIR = (Part.HAIR, Part.FACIAL_HAIR)
FOLDS = 10


def write(root: Path, count: int, seed: int) -> None:
    """Write LFW part labels: names with numbers 1 and 12, dot-files, a pixel off the palette."""
    names = person_names(count)
    masks = root / lfw.MASKS
    masks.mkdir(parents=True)
    for index, (person, number) in enumerate(names):
        rng = np.random.default_rng([seed, 1, index])
        portrait = portrait_of(sample_look(rng), 250, 250, rng)
        name = f"{person}_{number:04d}"
        if index != count:  # that face is listed and has a mask, but no picture
            save_jpeg(root / lfw.IMAGES / person / f"{name}.jpg", portrait.image)
        if index != count + 1:  # and that one a picture but no mask
            labels = _labels(portrait)
            if index == 0:
                labels[0, 0] = (2, 1, 254)
            Image.fromarray(labels).save(masks / f"{name}.ppm")
    (masks / "._Aaron_Abbott_0001.ppm").write_bytes(b"\x00\x05\x16\x07")
    (masks / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    for file, part in zip(lfw.LISTS.values(), cut(names, (1500, 500, 927)), strict=True):
        (root / file).write_text("".join(f"{person} {number}\n" for person, number in part))
    _write_pairs(root, 2 if count < 100 else 4, seed)


def _write_pairs(root: Path, pictures: int, seed: int) -> None:
    """Write ten folds of pairs, two people each with so many pictures; they are in no list of part labels."""
    people = all_people()[-2 * FOLDS :]
    for index, person in enumerate(people):
        for number in range(1, pictures + 1):
            look = sample_look(np.random.default_rng([seed, 10, index]))
            drawn = portrait_of(look, 250, 250, np.random.default_rng([seed, 10, index, number]))
            save_jpeg(root / lfw.IMAGES / person / f"{person}_{number:04d}.jpg", drawn.image)
    lines = [f"{FOLDS}\t{2 * (pictures - 1)}"]
    for one, other in zip(people[::2], people[1::2], strict=True):
        steps = range(1, pictures)
        lines += [f"{person}\t{at}\t{at + 1}" for person in (one, other) for at in steps]
        lines += [f"{one}\t{at}\t{other}\t{at + later}" for later in (0, 1) for at in steps]
    (root / lfw_pairs.PAIRS).write_text("\n".join(lines) + "\n")


def _labels(portrait: Portrait) -> Pixels:
    """Return the coloured labels with stair-case borders, as if painted on superpixels."""
    parts = Image.fromarray(portrait.parts_at_size())
    coarse = parts.resize((84, 84), Image.Resampling.NEAREST).resize(parts.size, Image.Resampling.NEAREST)
    return coloured(np.array(coarse), {"skin": SKIN, "hair": HAIR}, COLOURS)
