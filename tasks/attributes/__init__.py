"""VGG-Face retrained for attributes (Maricalva, sections 5 to 7): its parameters.

`run` trains it, in `train.py`; `encode` runs the layers that are not trained once for several trainings, in
`frozen.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.nets.published import VGG_FACE
from tasks.nets.width import scaled
from tasks.parts import disk as size
from tasks.parts import rates
from tasks.parts.params import FusedParams, ImageSize, PrecisionParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.attributes.train",)
HOURS_ON = rates.ON


class NetParams(PrecisionParams):
    """Which VGG-Face, and how it is shown pictures."""

    # "vgg_face" (the published weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="vgg_face", min_length=1)
    # Not in the thesis: the share of figure 8's channels that the convolutions have
    width: Width = 1
    # What the weights want. Section 4.2 says rgb; the Caffe and Torch releases want blue first
    colours: Literal["bgr", "rgb"] = "bgr"
    # Section 4.2: 224; the middle is cut out of the prepared 240 of section 6.1
    image_size: ImageSize = 224


class EncodeParams(NetParams):
    """What can be changed of the frozen layers' output."""

    # Not in the thesis: of all of CelebA 9.5 GiB, or twice as much
    stored_as: Literal["float16", "float32"] = "float16"
    # Memory only; the output does not depend on it beyond rounding
    batch_size: int = Field(default=50, ge=1)


class Params(NetParams, FusedParams):
    """What can be changed; the defaults are the thesis's network for one attribute."""

    # Section 5: Male, Young, Mustache, Wearing_Lipstick, in any number
    attributes: tuple[str, ...] = Field(default=("Male",), min_length=1, max_length=8)
    # Section 6.2: the fully connected layers, on what `encode` wrote, or these and the convolutions from
    # conv4_1 on; what stands before those is too large to be kept (76 GiB)
    trains: Literal["fc", "conv4"] = "fc"
    # Figure 8; fewer only fit a random start
    fc_units: int = Field(default=4096, ge=8)
    # Section 3.1.1
    dropout: float = Field(default=0.5, ge=0, lt=1)
    # Section 7 lists a momentum, section 3.2 says that Adam made most of the work: both are there
    optimizer: Literal["sgd", "adam"] = "sgd"
    # Section 7: 1e-3, GenAge 1e-5, Multi4 1e-6; convolutions a hundredth of it
    lr: float = Field(default=1e-3, gt=0)
    conv_lr_factor: float = Field(default=1e-2, gt=0)
    # Section 7; with Adam it is beta 1
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=1e-5, ge=0)
    # Section 7: step down after each 33 % of the iterations; the factor is the default of DIGITS
    step_share: float = Field(default=0.33, gt=0, le=1)
    gamma: float = Field(default=0.1, gt=0, le=1)
    # Not in the thesis: the default of DIGITS
    epochs: int = Field(default=30, ge=1)
    # Not in the thesis (I-003-8): DIGITS offers the network of the last epoch first
    result: Literal["best", "last"] = "last"
    # Not in the thesis: what a card of 4 GB (section 8) can hold
    batch_size: int = Field(default=32, ge=1)


def missing(params: NetParams, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return VGG_FACE.missing(params.weights)


def disk(params: NetParams) -> int | None:
    """Return the bytes of the network, and of the checkpoints of its trained layers (figure 8).

    None for what `encode` writes: that depends on the pictures.
    """
    if not isinstance(params, Params):
        return None
    channels = scaled(512, params.width)
    last = size.linear(params.fc_units, params.fc_units) + size.linear(params.fc_units, 2)
    fully = size.linear(channels * (params.image_size // 32) ** 2, params.fc_units) + last
    convolutions = round(14_714_688 * params.width**2)
    in_loop = fully + (round(12_979_200 * params.width**2) if params.trains == "conv4" else 0)
    moments = 2 if params.optimizer == "adam" else int(params.momentum > 0)
    return size.of_training(convolutions + fully, in_loop=in_loop, moments=moments)


def hours(params: NetParams, gpus: int) -> float | None:
    """Return the hours for all of CelebA; AFLW is an eighth of it."""
    if not isinstance(params, Params):
        return rates.hours("encode vgg16", 202_599, params, gpus)  # the same convolutions
    return rates.hours(f"attributes {params.trains}", 162_770 * params.epochs, params, gpus, fc_units=4096)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network and what it gets wrong, and return metrics of its epochs and of the test."""
    from tasks.attributes import train

    return train.run(params, context)


def encode(params: EncodeParams, context: Context) -> dict[str, float]:
    """Write `features.safetensors`: what the fully connected layers are given of each picture."""
    from tasks.attributes import frozen

    return frozen.encode(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what gives each attribute's probability; the picture is taken for one cut to its face."""
    from tasks.attributes import train

    return train.predictor(trained)
