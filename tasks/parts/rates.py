"""How fast trainings of the published studies are at their real size: what `hours` of their tasks rest on.

This file imports no torch: a study is planned with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tasks.parts.params import TaskParams

ON = "one H200 in float32"
SPEEDS = {
    "gender vgg16": 8020,
    "gender vgg19": 5582,
    "gender resnet50": 5536,
    "encode vgg16": 872,
    "encode vgg19": 640,
    "encode resnet50": 1123,
    "segment": 23_861,
    "unet": 270,
    "recognition": 2282,
    "attributes fc": 12_646,
    "attributes conv4": 874,
}
"""Pictures a second with torch 2.11, by the names of `benchmarks/real_size.py`, which measures them."""
SIZES = {"width": 1, "image_size": 224}
"""Of what was measured, where a task has these parameters; another size would take another time."""


def hours(part: str, pictures: float, params: TaskParams, gpus: int, **other: int) -> float | None:
    """Return the hours for so many pictures, all epochs together; None where nothing like it was measured.

    `other` are sizes of this part that others have not, or have otherwise.
    """
    sizes = {**SIZES, **other}
    if gpus != 1 or any(getattr(params, name, wanted) != wanted for name, wanted in sizes.items()):
        return None
    return pictures / SPEEDS[part] / 3600
