"""Prepare CelebHair: CelebA's pictures at their own size, and the mask of what is not background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.data import celeba, celebhair, layout
from tasks.data.reading import DatasetError, file_names
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import MaskedFace
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")

MASK = "foreground"


class Params(TaskParams):
    """What can be changed; the defaults are those of Prasertwaree & Khumphairan, section 1.3.1."""

    # By name: the first 3,000 masks train, the next 200 validate, the following 200 test
    train: int = Field(default=3000, ge=1)
    val: int = Field(default=200, ge=1)
    test: int = Field(default=200, ge=1)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return messages about the masks, and about CelebA with their pictures, if they are not there."""
    return layout.all_missing(["celebhair", "celeba"], data)


def disk(params: Params) -> int:
    """Return the bytes of the pictures, of 178 by 218 pixels, and of their masks."""
    return (params.train + params.val + params.test) * 178 * 218 * 4


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with the mask `foreground` (face and hair), and the parts `train`, `val` and `test`."""
    from tasks.parts import pictures

    reading = celebhair.read(context.data / "celebhair")
    parts = cut(reading.names, params)
    reading = reading.only([name for names in parts.values() for name in names])

    def load(face: MaskedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        picture, foreground = celebhair.load(face, hair=True)
        return picture, (foreground,)

    order = pictures.order(reading, load, preprocessing="rgb as it is, mask > 0", masks=(MASK,), parts=parts)
    written = pictures.write(order, context)
    repaired = sum(reading.remarks.values())
    celeba_images = len(file_names(celeba.picture_folder(context.data / "celeba")))
    counts = {"images": len(written.names), "celeba_images": celeba_images, "repaired_pixels": repaired}
    return {**counts, **written.counts}


def cut(names: Sequence[str], params: Params) -> dict[str, Sequence[str]]:
    """Cut sorted names into the three parts; DatasetError when there are too few."""
    ends = [params.train, params.train + params.val, params.train + params.val + params.test]
    if ends[-1] > len(names):
        raise DatasetError(
            f"asked for {params.train} + {params.val} + {params.test} masked pictures, found {len(names)}\n"
            "hint: give smaller `train`, `val` and `test`"
        )
    return {
        "train": names[: ends[0]],
        "val": names[ends[0] : ends[1]],
        "test": names[ends[1] : ends[2]],
    }
