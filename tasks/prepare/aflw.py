"""Prepare AFLW: one picture per face, with sex as the label and a split of our own.

AFLW has no official split, and the thesis made one once and kept it (section 6.1); so it is made here and not
in the training. Every picture is looked at first: for its size, for near duplicates, and whether it can be
read at all.
"""

from __future__ import annotations

import math
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from tasks.data import aflw, boxes, images, layout, near_duplicates, split
from tasks.data.reading import DatasetError
from tasks.parts import disk as size
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasks.data.aflw import BoxedFace
    from tasks.data.boxes import Box
    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import Reading
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")

SHARES = {"train": 0.85, "val": 0.10, "test": 0.05}  # section 6.1
CHUNK = 64
PROFILE = math.radians(45)


class Params(TaskParams):
    """What can be changed; the defaults are the thesis."""

    # Section 6.1: 240 by 240 pixels
    image_size: int = Field(default=240, ge=16, le=1024)
    # box: the rectangle of the database; landmarks: a square around eyes and mouth, as the thesis first cut
    # CelebA (section 6.1), and the rectangle where too few of them are seen
    crop: Literal["box", "landmarks"] = "box"
    # plain: at random over faces (section 6.1); grouped: a picture with its near duplicates in one part only
    split: Literal["plain", "grouped"] = "plain"
    # Not in the thesis: a seeded choice of this many faces, for a quick look
    images: int | None = Field(default=None, ge=20)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing(["aflw"], data)


def disk(params: Params) -> int | None:
    """Return the bytes of the faces, where their number is given."""
    return size.of_squares(params.images, params.image_size, 3)


def run(params: Params, context: Context) -> dict[str, float]:
    """Write the cut faces with the label `Male` and the parts `train`, `val` and `test`."""
    from tasks.parts import pictures

    reading = aflw.read(context.data / "aflw")
    if params.images is not None:
        reading = reading.only(split.choose(reading.names, params.images, seed=context.seed))
    looks = look_at(sorted({face.image for face in reading.samples}), context)
    reading = readable(reading, looks)
    around = landmark_boxes(context.data / "aflw") if params.crop == "landmarks" else {}
    fits = {
        face.name: boxes.fit(
            around.get(face.name, face.box), looks[face.image].width, looks[face.image].height
        )
        for face in reading.samples
    }
    groups = group_faces(reading.samples, looks)
    parts = split.split_parts(
        reading.names,
        SHARES,
        seed=context.seed,
        group_of=groups if params.split == "grouped" else None,
    )

    def load(face: BoxedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        crop, _ = fits[face.name]
        picture = images.load_rgb(face.image)
        return images.resize_rgb(picture if crop is None else crop.cut(picture), params.image_size), ()

    order = pictures.order(
        reading,
        load,
        preprocessing=f"cut to the {params.crop}, rgb squeezed to {params.image_size}",
        labels={"Male": [int(face.labels["Male"]) for face in reading.samples]},
        parts=parts,
    )
    written = pictures.write(order, context)
    uses = Counter(use for _, use in fits.values())
    return {
        "images": len(written.names),
        **{f"boxes_{use}": float(uses[use]) for use in boxes.USES},
        "landmarks": aflw.count_features(context.data / "aflw"),
        "cut_by_landmarks": sum(face.name in around for face in reading.samples),
        **describe(reading.samples, groups, parts),
        **written.counts,
    }


def landmark_boxes(root: Path) -> dict[str, Box]:
    """Return the square around each face of which enough is seen."""
    return {name: boxes.around(points) for name, points in aflw.read_landmarks(root).items()}


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a picture tells."""

    width: int
    height: int
    thumbnail: Pixels


def look_at(paths: Sequence[Path], context: Context) -> dict[Path, Look]:
    """Look at every picture once; those that cannot be read are left out. InterruptedError to stop.

    An interrupted look starts again: it takes some minutes for all of AFLW.
    """
    looks: dict[Path, Look] = {}
    with ThreadPoolExecutor(images.DECODING_THREADS) as pool:
        for start in range(0, len(paths), CHUNK):
            if context.should_stop():
                raise InterruptedError(f"stopped after a look at {start} of {len(paths)} pictures")
            chunk = paths[start : start + CHUNK]
            found = zip(chunk, pool.map(_look, chunk), strict=True)
            looks |= {path: look for path, look in found if look is not None}
    return looks


def _look(path: Path) -> Look | None:
    try:
        picture = images.load_rgb(path)
    except DatasetError:
        return None
    height, width = picture.shape[:2]
    return Look(width, height, near_duplicates.thumbnail(picture))


def readable(reading: Reading[BoxedFace], looks: Mapping[Path, Look]) -> Reading[BoxedFace]:
    """Drop and count the faces whose picture cannot be read: the real set has one such picture."""
    kept = tuple(face for face in reading.samples if face.image in looks)
    if len(kept) == len(reading.samples):
        return reading
    dropped = {**reading.dropped, "image unreadable": len(reading.samples) - len(kept)}
    return replace(reading, samples=kept, dropped=dropped)


def group_faces(faces: Sequence[BoxedFace], looks: Mapping[Path, Look]) -> dict[str, int]:
    """Return the group of each face: one picture and its near duplicates are one group."""
    paths = sorted({face.image for face in faces})
    pairs = near_duplicates.near_pairs(np.stack([looks[path].thumbnail for path in paths]))
    group = near_duplicates.linked(paths, [(paths[one], paths[other]) for one, other in pairs])
    return {face.name: group[face.image] for face in faces}


def describe(
    faces: Sequence[BoxedFace], groups: Mapping[str, int], parts: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """Return what is worth knowing of the faces and of the split, above all how far it leaks."""
    pictures = {face.image for face in faces}
    trained_on = {groups[name] for name in parts["train"]}
    angles = [abs(face.pose.yaw) for face in faces if face.pose is not None]
    return {
        "pictures": len(pictures),
        "groups": len(set(groups.values())),
        "near_duplicate_pictures": len(pictures) - len(set(groups.values())),
        # Test faces whose picture, or a near duplicate of it, is trained on.
        "leaking_test_faces": sum(groups[name] in trained_on for name in parts["test"]),
        "profile_share": sum(angle > PROFILE for angle in angles) / max(1, len(angles)),
        **{f"{part}_images": len(names) for part, names in parts.items()},
        **{f"{part}_share": len(names) / max(1, len(faces)) for part, names in parts.items()},
    }
