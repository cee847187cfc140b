"""Prepare a sample of VGGFace2: pictures of some training people, all with the same shorter side.

Which people the report took is not known; its counts are those of some 212 people. The sample here: training
people in a seeded order until they have as many pictures as are asked for; those pictures, again in a seeded
order, give the test, the validation and the training part, so that no picture is in two.
Test pictures show training people: a network with one output for each of these knows no others.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.data import images, layout, split, vggface2
from tasks.parts import crops
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tasks.data.boxes import Box
    from tasks.data.images import Mask, Pixels
    from tasks.data.reading import ClassedFace, Reading
    from tasks.parts.context import Context

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("torch", "tasks.parts.pictures")

LABEL = "identity"
PEOPLE = "people.json"


class Params(TaskParams):
    """What can be changed; the defaults are those of Prasertwaree & Khumphairan, section 2.2.3."""

    train: int = Field(default=72_283, ge=1)
    test: int = Field(default=4634, ge=1)
    # Not in the report, whose code base validates on the test pictures; here they are others
    val: int = Field(default=4634, ge=1)
    # Code base: the shorter side, of which a square of 224 is cut
    short_side: int = Field(default=256, ge=16, le=1024)
    # loose: pictures as they are shipped; box: cut to the detector's box, enlarged (section 2.4.1)
    crop: Literal["loose", "box"] = "loose"
    # Section 2.4.1: by a factor of 0.3, "to include the whole head"
    enlarge: float = Field(default=0.3, ge=0, le=2)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the dataset, if it is not there."""
    return layout.all_missing(["vggface2"], data)


def disk(params: Params) -> int:
    """Return about the bytes of the pictures: the longer side of a face is taken for a third longer."""
    return (params.train + params.val + params.test) * params.short_side**2 * 3 * 4 // 3


def run(params: Params, context: Context) -> dict[str, float]:
    """Write pictures with the label `identity`, the parts, and `people.json`: who each class is."""
    from tasks.parts import pictures

    root = context.data / "vggface2"
    reading, parts = choose(root, params, context.seed)
    crops, counts = choose_crops(root, reading, params, context)
    known = vggface2.read_identities(root)
    dataset_images = sum(who.pictures for who in known.values())
    people = [f"{key} {who.name}" for key, who in known.items() if who.part == "train"]
    context.artifact(PEOPLE).write_text(json.dumps(people))

    def load(face: ClassedFace) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = images.load_rgb(face.image)
        if face.name in crops:
            picture = crops[face.name].cut(picture)
        return images.resize_short(picture, params.short_side), ()

    cropping = f"box enlarged by {params.enlarge}" if params.crop == "box" else "loose"
    order = pictures.order(
        reading,
        load,
        preprocessing=f"rgb, {cropping}, shorter side {params.short_side}",
        labels={LABEL: [face.label for face in reading.samples]},
        parts=parts,
    )
    written = pictures.write(order, context)
    return {
        "images": len(written.names),
        "people_in_the_sample": len(set(written.labels[LABEL].tolist())),
        "classes": len(people),
        "dataset_images": dataset_images,
        "dataset_people": len(known),
        "dataset_images_of_a_person": dataset_images / len(known),
        **counts,
        **written.counts,
    }


def choose(root: Path, params: Params, seed: int) -> tuple[Reading[ClassedFace], dict[str, list[str]]]:
    """Return the sample and the names of its parts; DatasetError when there are too few pictures."""
    wanted = params.train + params.val + params.test
    listed = vggface2.read_list(root, "train")
    chosen = choose_people({key: len(names) for key, names in listed.items()}, wanted, seed)
    reading = vggface2.read(root, "train", identities=chosen)
    names = split.choose(reading.names, wanted, seed=seed)
    parts = {
        "test": names[: params.test],
        "val": names[params.test : params.test + params.val],
        "train": names[params.test + params.val :],
    }
    return reading.only(names), parts


def choose_people(pictures: Mapping[str, int], wanted: int, seed: int) -> frozenset[str]:
    """Return people in a seeded order until their listed pictures suffice; all when they never do."""
    chosen: list[str] = []
    left = wanted
    for person in split.permutation(list(pictures), seed=seed):
        if left <= 0:
            break
        chosen.append(person)
        left -= pictures[person]
    return frozenset(chosen)


def choose_crops(
    root: Path, reading: Reading[ClassedFace], params: Params, context: Context
) -> tuple[dict[str, Box], dict[str, float]]:
    """Return the part to cut out of each picture, and how many boxes were of what use.

    A picture whose box is of no use is taken whole.
    """
    if params.crop == "loose":
        return {}, {}
    listed = vggface2.read_boxes(root, "train", set(reading.names))
    enlarged = {name: vggface2.enlarge(box, params.enlarge) for name, box in listed.items()}
    return crops.fit_boxes({face.name: face.image for face in reading.samples}, enlarged, context)
