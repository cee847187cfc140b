"""Prepare ELFW: pictures squeezed to a square, each with its one class: hair, spectacles or cap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.data import elfw, images, layout
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import ClassedFace
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")


class Params(TaskParams):
    """What can be changed."""

    # The pictures' own size; the networks squeeze them further, to 32 or 64 pixels
    image_size: int = Field(default=250, ge=16, le=1024)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing(["elfw"], data)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with the label `class`."""
    from tasks.parts import pictures

    reading = elfw.read(context.data / "elfw")

    def load(face: ClassedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        return images.resize_rgb(images.load_rgb(face.image), params.image_size), ()

    order = pictures.order(
        reading,
        load,
        preprocessing=f"rgb squeezed to {params.image_size}",
        labels={"class": [face.label for face in reading.samples]},
    )
    written = pictures.write(order, context)
    return {"images": len(written.names), **written.counts}
