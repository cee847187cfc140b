"""ELFW, drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data import elfw
from tasks.data.drawing import Part
from tasks.data.looks import sample_look
from tasks.data.writers.people import FEATURES, coloured, person_names, portrait_of, save_jpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.looks import Glasses

PARTS = {
    "skin": (Part.SKIN, Part.NECK, Part.EAR, *FEATURES),
    "hair": (Part.HAIR,),
    "beard-mustache": (Part.FACIAL_HAIR,),
    "sunglasses": (Part.GLASSES,),
    "wearable": (Part.CAP,),
}


def write(root: Path, count: int, seed: int) -> None:
    """Write ELFW: a third each of hair, spectacles and cap; lists with and without extension."""
    basic = root / "elfw_01_basic"
    (basic / "labels").mkdir(parents=True)
    names = [f"{person}_{number:04d}" for person, number in person_names(count)]
    for index, name in enumerate(names):
        rng = np.random.default_rng([seed, 4, index])
        glasses: Glasses = "dark" if index % 3 == 1 else "none"
        look = sample_look(rng, glasses=glasses, cap=index % 3 == 2)
        portrait = portrait_of(look, 250, 250, rng)
        if index != count:  # that face has a mask but no picture
            save_jpeg(basic / "faces" / f"{name}.jpg", portrait.image)
        if index != count + 1:  # and that one a picture but no mask
            labels = coloured(portrait.parts_at_size(), PARTS, elfw.PALETTE)
            Image.fromarray(labels).save(basic / "labels" / f"{name}.png", compress_level=1)
    (basic / "faces" / ".DS_Store").write_bytes(b"\x00\x00\x00\x01Bud1")
    validation = names[: count // 10 * 3]
    for at, file in enumerate(elfw.SETS):
        ending = ".jpg" if at == 0 else ""
        (basic / file).write_text("".join(f"{name}{ending}\n" for name in validation[at::3]))
