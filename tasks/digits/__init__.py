"""A small network on the handwritten digits that scikit-learn ships, a first example: its parameters.

Alpaydin & Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository (1998):
1,797 pictures of 8 by 8.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.parts import disk as size
from tasks.parts.params import TaskParams

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tasks.data.images import Pixels
    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.digits.train",)
SIDE, CLASSES = 8, 10


class Params(TaskParams):
    """What can be changed."""

    optimizer: Literal["sgd", "adam"] = "sgd"
    lr: float = Field(default=0.1, gt=0)
    epochs: int = Field(default=10, ge=1)
    batch_size: int = Field(default=32, ge=1)
    # Neurons of the one layer between picture and answer
    hidden: int = Field(default=32, ge=1)


def disk(params: Params) -> int:
    """Return the bytes of the network and of its checkpoints."""
    weights = size.linear(SIDE * SIDE, params.hidden) + size.linear(params.hidden, CLASSES)
    return size.of_training(weights, moments=2 if params.optimizer == "adam" else 0)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, and return the test accuracy of the epoch with the lowest validation loss."""
    from tasks.digits import train

    return train.run(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what says which digit a picture shows."""
    from tasks.digits import train

    return train.predictor(trained)


def examples(_: Trained) -> Mapping[str, Pixels]:
    """Return a few of the test pictures, large enough to be seen."""
    from tasks.digits import train

    return train.examples()
