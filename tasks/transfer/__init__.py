"""ResNet-18 fine-tuned on ELFW (Dacharla & Pulleti, section 3): its parameters; `train.py` tunes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.nets import weights
from tasks.parts import disk as size
from tasks.parts.params import FusedParams, Width

if TYPE_CHECKING:
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 2
PRELOAD: tuple[str, ...] = ("tasks.transfer.train",)


class Params(FusedParams):
    """What can be changed; the defaults are the report."""

    # "imagenet" (torchvision's weights), "none" (seeded random), or a path to a .pth or .safetensors file
    weights: str = Field(default="imagenet", min_length=1)
    # Not in the report: the share of ResNet-18's channels
    width: Width = 1
    # Section 3: SGD with this rate and momentum, for so many epochs
    lr: float = Field(default=1e-3, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    epochs: int = Field(default=10, ge=1)
    # Section 3: tested after the last epoch; best: that of the lowest validation loss, not in the report
    result: Literal["best", "last"] = "last"
    # Not in the report
    batch_size: int = Field(default=32, ge=2)
    # Section 2: resized to 32 by 32 (I-002-2); five halvings leave one cell
    image_size: int = Field(default=32, ge=32, le=512)
    # Section 2: 10 % for validation and 10 % for the test
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    # Section 2: "a balanced distribution"; false: by chance, whatever classes a part then lacks
    stratify: bool = True


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return weights.missing("resnet18", params.weights)


def disk(params: Params) -> int:
    """Return the bytes of ResNet-18 with three classes, and of its checkpoints."""
    return size.of_training(round(11_178_051 * params.width**2), moments=int(params.momentum > 0))


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of its epochs with a classification report."""
    from tasks.transfer import train

    return train.run(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    from tasks.transfer import train

    return train.predictor(trained)
