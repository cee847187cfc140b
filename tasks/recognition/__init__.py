"""The last layer of a face network (Prasertwaree & Khumphairan, part 2): its parameters.

`run` trains it, `test` measures it on pictures with or without their background: both in `train.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.nets.published import VGGFACE2
from tasks.parts import disk as size
from tasks.parts import rates
from tasks.parts.params import FusedParams, ImageSize, PrecisionParams, TaskParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.recognition.train",)
HOURS_ON = rates.ON

# What the written net is called.
NET = "recognition.safetensors"


class Params(FusedParams):
    """What can be changed; the defaults are the report and its code base, cydonia999/VGGFace2-pytorch."""

    # "vggface2" (section 2.3.2: MS-Celeb-1M, then VGGFace2), "none" (seeded random), or the path of a file
    weights: str = Field(default=VGGFACE2.name, min_length=1)
    # Not in the report: the share of ResNet-50's channels
    width: Width = 1
    # The code base gives its optimizer the last layer alone (I-001-5); `all` tunes the whole network
    train: Literal["fc", "all"] = "fc"
    # The code base leaves the backbone in training mode: each minibatch is normalised by its own statistics,
    # and their running means drift away from the given ones. The printed results were made so; `frozen`
    # keeps the given ones.
    batch_norm: Literal["drifting", "frozen"] = "drifting"
    # Code base: a random square of the picture, grey in one of five; tested in the middle
    image_size: ImageSize = 224
    grey: float = Field(default=0.2, ge=0, le=1)
    # Code base
    batch_size: int = Field(default=32, ge=1)
    # Section 2.4.3.2
    epochs: int = Field(default=100, ge=1)
    # Table 6; the rate of the bias is twice as high (code base)
    lr: float = Field(default=0.1, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=0, ge=0)
    # Section 2.3.4: the rate falls every `step_size` epochs, how many is not said; the code base counts
    # minibatches, a million, so that it never falls (I-001-5): null
    step_size: int | None = Field(default=None, ge=1)
    # Code base: to this share
    gamma: float = Field(default=0.1, gt=0, le=1)


class TestParams(PrecisionParams):
    """What can be changed in a test; the size of the pictures is that of the training."""

    # kept: the need `pictures`; removed: the need `cutouts`
    background: Literal["kept", "removed"] = "kept"
    batch_size: int = Field(default=32, ge=1)


def missing(params: TaskParams, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if a training needs one and it is not there."""
    return VGGFACE2.missing(params.weights) if isinstance(params, Params) else []


def disk(params: TaskParams) -> int | None:
    """Return the bytes of a net for VGGFace2's 8,631 people and its checkpoints; None for a test."""
    if not isinstance(params, Params):
        return None
    backbone, last = round(23_508_032 * params.width**2), size.linear(round(2048 * params.width), 8631)
    trained = last if params.train == "fc" else None
    return size.of_training(backbone + last, trained=trained, moments=int(params.momentum > 0))


def hours(params: TaskParams, gpus: int) -> float | None:
    """Return the hours for the pictures of the report; None where the whole network is trained."""
    if not isinstance(params, Params):
        return rates.hours("recognition", 4634, params, gpus)
    return rates.hours("recognition", 72_283 * params.epochs, params, gpus) if params.train == "fc" else None


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `recognition.safetensors`, and return the metrics of the epoch with the best accuracy."""
    from tasks.recognition import train

    return train.run(params, context)


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure on the test part, and write what the net says of each picture."""
    from tasks.recognition import train

    return train.test(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what names the five likeliest people of a picture, and how likely all others are together."""
    from tasks.recognition import train

    return train.predictor(trained)
