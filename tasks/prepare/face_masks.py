"""Prepare LFW or HELEN: pictures squeezed to a square, and their face masks with and without hair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pydantic import Field

from tasks.data import helen, images, layout, lfw, split
from tasks.parts import disk as size
from tasks.parts.params import ImageSize, MaskedDataset, TaskParams

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import MaskedFace, Reading
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")


class Params(TaskParams):
    """What can be changed; the defaults are Lindström's."""

    dataset: MaskedDataset = "lfw"
    # Section 4.2
    image_size: ImageSize = 224
    # Not in the thesis: a seeded choice of this many pictures, for a quick look
    limit: int | None = Field(default=None, ge=10)


def disk(params: Params) -> int | None:
    """Return the bytes of the pictures and their two masks, where their number is given."""
    return size.of_squares(params.limit, params.image_size, 5)


class Reader(Protocol):
    """What `tasks.data.lfw` and `tasks.data.helen` share."""

    def read(self, root: Path) -> Reading[MaskedFace]:
        """Read what is usable."""

    def load(self, face: MaskedFace, *, hair: bool) -> tuple[Pixels, Mask]:
        """Return picture and mask."""

    def official_split(self, root: Path) -> dict[str, tuple[str, ...]]:
        """Return the names of `train`, `validation` and `test`."""


READERS: dict[MaskedDataset, Reader] = {"lfw": lfw, "helen": helen}


def missing(params: Params, data: Path | None) -> list[str]:
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing([params.dataset], data)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with the masks `hair` and `no_hair`, the official split as parts, and `examples.png`."""
    from tasks.parts import pictures
    from tasks.parts.face_masks import draw_examples

    reader, root = READERS[params.dataset], context.data / params.dataset
    reading = reader.read(root)
    if params.limit is not None and params.limit < len(reading.samples):
        reading = reading.only(split.choose(reading.names, params.limit, seed=context.seed))

    def load(face: MaskedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        picture, hair = reader.load(face, hair=True)
        _, no_hair = reader.load(face, hair=False)
        masks = tuple(images.resize_mask(mask, params.image_size) for mask in (hair, no_hair))
        return images.resize_rgb(picture, params.image_size), masks

    order = pictures.order(
        reading,
        load,
        preprocessing=f"rgb and masks squeezed to {params.image_size}",
        masks=("hair", "no_hair"),
        parts=reader.official_split(root),
    )
    written = pictures.write(order, context)
    draw_examples(context.artifact("examples.png"), written)
    return {"images": len(written.names), **written.counts}
