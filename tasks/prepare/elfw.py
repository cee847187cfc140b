"""Prepare ELFW: pictures squeezed to a square, each with its one class: hair, spectacles or cap.

How many pictures the report has, it does not say. 0.8464912280701754 can only be 193 of 228, and a tenth of
228 are its 22 test pictures: 17 hair, 5 spectacles, no cap. 175, 51 and 2 give such a test (I-002-8).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.data import elfw, images, layout, split
from tasks.data.reading import DatasetError
from tasks.parts import disk as size
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import ClassedFace, Reading
    from tasks.parts.context import Context

VERSION: int = 2
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")


class OfEach(TaskParams):
    """How many pictures of each class."""

    hair: int = Field(default=175, ge=0)
    spectacles: int = Field(default=51, ge=0)
    cap: int = Field(default=2, ge=0)


class Params(TaskParams):
    """What can be changed; the defaults are the report."""

    # The pictures' own size; the networks squeeze them further, to 32 or 64 pixels
    image_size: int = Field(default=250, ge=16, le=1024)
    # Of the classes that masks give, chosen by the seed. A `labels.txt` is a choice already: all it lists
    of_each: Literal["all"] | OfEach = OfEach()


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing(["elfw"], data)


def disk(params: Params) -> int | None:
    """Return the bytes of the pictures, where their number is given."""
    images = None if params.of_each == "all" else sum(params.of_each.model_dump().values())
    return size.of_squares(images, params.image_size, 3)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with the label `class`."""
    from tasks.parts import pictures

    root = context.data / "elfw"
    found = elfw.read(root)
    from_masks = not elfw.is_listed(root)
    reading = choose(found, params.of_each, context.seed) if from_masks else found

    def load(face: ClassedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        return images.resize_rgb(images.load_rgb(face.image), params.image_size), ()

    order = pictures.order(
        reading,
        load,
        preprocessing=f"rgb squeezed to {params.image_size}",
        labels={"class": [face.label for face in reading.samples]},
    )
    # Every result made of these pictures tells that nobody has looked at them and named their class.
    order = replace(order, counts={**order.counts, "classes_from_masks": float(from_masks)})
    written = pictures.write(order, context)
    return {
        "images": len(written.names),
        "found_images": len(found.samples),
        **{f"{name}_images": count for name, count in count_classes(reading).items()},
        **written.counts,
    }


def choose(found: Reading[ClassedFace], of_each: Literal["all"] | OfEach, seed: int) -> Reading[ClassedFace]:
    """Return so many pictures of each class, the first in a seeded order; DatasetError where there are fewer.

    A smaller choice of a class begins a larger one.
    """
    if of_each == "all":
        return found
    wanted, there = of_each.model_dump(), count_classes(found)
    if any(wanted[name] > there[name] for name in elfw.CLASSES):
        raise DatasetError(
            f"asked for {_listing(wanted)}; by their masks, ELFW has {_listing(there)}\n"
            "hint: ask for fewer in `of_each` of this stage, or write `of_each: all`"
        )
    chosen: list[str] = []
    for label, name in enumerate(elfw.CLASSES):
        names = [face.name for face in found.samples if face.label == label]
        chosen += split.permutation(names, seed=seed)[: wanted[name]]
    return found.only(chosen)


def count_classes(reading: Reading[ClassedFace]) -> dict[str, int]:
    """Return how many pictures each class has."""
    labels = [face.label for face in reading.samples]
    return {name: labels.count(label) for label, name in enumerate(elfw.CLASSES)}


def _listing(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} of {name}" for name, count in counts.items())
