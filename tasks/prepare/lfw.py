"""Prepare LFW for face verification: the pictures that are in pairs, cut and resized, and the pairs."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.data import images, layout, lfw_pairs
from tasks.data.boxes import Box
from tasks.parts import disk as size
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.data.lfw_pairs import Pair
    from tasks.data.reading import LabelledFace
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")
PICTURES = 7_701  # those that pairs.txt names
PAIRS = "pairs.csv"

# LFW's pictures are what a detector found, made 2.2 times as large: the face is in their middle. How much of
# them is taken is a choice of ours: the whole head.
MIDDLE = Box(50, 50, 150, 150)


class Params(TaskParams):
    """What can be changed; the thesis says nothing of how LFW was prepared."""

    # Section 6.1, as all pictures: 240 by 240 pixels, cut to the face
    image_size: int = Field(default=240, ge=16, le=1024)
    crop: Literal["none", "middle"] = "middle"


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing(["lfw_pairs"], data)


def disk(params: Params) -> int | None:
    """Return the bytes of the pictures."""
    return size.of_squares(PICTURES, params.image_size, 3)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write the pictures and `pairs.csv`, and count what the whole dataset has."""
    from tasks.parts import pictures

    root = context.data / "lfw"
    reading, pairs = lfw_pairs.read(root)

    def load(face: LabelledFace) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = images.load_rgb(face.image)
        cut = MIDDLE.cut(picture) if params.crop == "middle" else picture
        return images.resize_rgb(cut, params.image_size), ()

    order = pictures.order(
        reading, load, preprocessing=f"crop {params.crop}, rgb squeezed to {params.image_size}"
    )
    written = pictures.write(order, context)
    write_pairs(context.artifact(PAIRS), pairs)
    whole = lfw_pairs.count_all(root)
    return {
        "images": len(written.names),
        "pairs": len(pairs),
        "folds": len({pair.fold for pair in pairs}),
        **whole,
        "lfw_images_per_person": whole["lfw_images"] / max(1, whole["lfw_people"]),
        **written.counts,
    }


def write_pairs(path: Path, pairs: Sequence[Pair]) -> None:
    """Write a line for each pair."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["fold", "one", "other", "same"])
        writer.writerows([pair.fold, pair.one, pair.other, int(pair.same)] for pair in pairs)
