"""Prepare CelebA: the pictures of a partition, cut and resized, with the attributes that are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from tasks.data import boxes, celeba, images, layout, split
from tasks.data.reading import DatasetError
from tasks.parts import crops
from tasks.parts import disk as size
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.data.boxes import Box
    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import LabelledFace, Reading
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")
PICTURES = {"train": 162_770, "val": 19_867, "test": 19_962, "all": 202_599}  # list_eval_partition.txt


class Params(TaskParams):
    """What can be changed; the defaults are what Lindström takes from CelebA (sections 4.1 and 4.2)."""

    attributes: tuple[str, ...] = Field(default=("Male",), min_length=1)
    # The pictures turned upright and cut to 178x218, or those they were cut from
    pictures: Literal["aligned", "wild"] = "aligned"
    partition: Literal["train", "val", "test", "all"] = "train"
    # A seeded choice of this many pictures; which 12,000 the thesis took is not said
    images: int | None = Field(default=12_000, ge=10)
    # Attributes, every combination of which is chosen equally often; none: as often as the dataset has them
    balance: tuple[str, ...] = ()
    # none: the whole picture; face: the box of the table in the wild, a fixed square in aligned pictures;
    # landmarks: a square around eyes and mouth, as the thesis on attributes did first (section 6.1)
    crop: Literal["none", "face", "landmarks"] = "none"
    image_size: int = Field(default=224, ge=16, le=1024)
    grey: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Params:
        if unknown := sorted(set(self.balance) - set(self.attributes)):
            raise ValueError(f"balance names `{unknown[0]}`, attributes are {', '.join(self.attributes)}")
        if self.balance and self.images is None:
            raise ValueError("balance chooses pictures: say how many, with `images`")
        return self


def missing(params: Params, data: Path | None) -> list[str]:
    """Return a message about the dataset, if it is not there."""
    dataset = "celeba" if params.pictures == "aligned" else "celeba_wild"
    wanted = [dataset, f"{dataset}_landmarks"] if params.crop == "landmarks" else [dataset]
    return layout.all_missing(wanted, data)


def disk(params: Params) -> int | None:
    """Return the bytes of the pictures, of as many as are asked for or as the partition has."""
    pictures = params.images or PICTURES[params.partition]
    return size.of_squares(pictures, params.image_size, 1 if params.grey else 3)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with one label, 0 or 1, per attribute, and the official split as parts."""
    from tasks.parts import pictures

    root = context.data / "celeba"
    partition = None if params.partition == "all" else params.partition
    reading = celeba.read(root, list(params.attributes), partition, pictures=params.pictures)
    if params.images is not None:
        reading = reading.only(choose_pictures(reading, params, context.seed))
    crops, counts = choose_crops(reading, params, context)

    def load(face: LabelledFace) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = images.load_rgb(face.image)
        if face.name in crops:
            picture = crops[face.name].cut(picture)
        resized = images.resize_rgb(picture, params.image_size)
        return images.grey(resized) if params.grey else resized, ()

    colour = "grey" if params.grey else "rgb"
    order = pictures.order(
        reading,
        load,
        preprocessing=f"{params.pictures}, crop {params.crop}, {colour} squeezed to {params.image_size}",
        labels={
            attribute: [int(face.labels[attribute]) for face in reading.samples]
            for attribute in params.attributes
        },
        parts={
            part: names
            for part, names in celeba.official_split(root).items()
            if params.partition in {part, "all"}
        },
    )
    written = pictures.write(order, context)
    return {"images": len(written.names), **counts, **written.counts}


def choose_pictures(reading: Reading[LabelledFace], params: Params, seed: int) -> list[str]:
    """Return the names of as many pictures as are asked for; DatasetError where there are too few."""
    wanted = params.images or len(reading.names)
    if not params.balance:
        return split.choose(reading.names, wanted, seed=seed)
    named = {face.name: _combination(face, params.balance) for face in reading.samples}
    if len(set(named.values())) < 2 ** len(params.balance):
        raise DatasetError(f"no balance of {', '.join(params.balance)}: a combination of them has no picture")
    return split.choose_evenly(named, wanted, seed=seed)


def _combination(face: LabelledFace, attributes: Sequence[str]) -> str:
    return ", ".join(f"{name} {'yes' if face.labels[name] else 'no'}" for name in attributes)


def choose_crops(
    reading: Reading[LabelledFace], params: Params, context: Context
) -> tuple[dict[str, Box], dict[str, float]]:
    """Return the part to cut out of each picture that is cut, and how many boxes were of what use."""
    if params.crop == "none":
        return {}, {}
    if params.pictures == "aligned" and params.crop == "face":
        return dict.fromkeys(reading.names, celeba.ALIGNED_FACE), {}
    paths = {face.name: face.image for face in reading.samples}
    root = context.data / "celeba"
    if params.crop == "face":
        return crops.fit_boxes(paths, celeba.read_boxes(root), context)
    landmarks = celeba.read_landmarks(root, params.pictures)
    return crops.fit_boxes(paths, {name: boxes.around(points) for name, points in landmarks.items()}, context)
