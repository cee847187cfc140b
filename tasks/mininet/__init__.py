"""The mini-network on ELFW's hair, spectacles and cap (Dacharla & Pulleti, section 4): its parameters.

`run` trains it, `overfit` makes it learn one picture by heart, and `test` asks a trained one about the
pictures that were kept from it: all in `train.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.parts import disk as size
from tasks.parts.params import FusedParams, TaskParams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 3
PRELOAD: tuple[str, ...] = ("tasks.mininet.train",)
LOCKSTEP: tuple[str, ...] = ("lr", "momentum", "weight_decay", "epochs")


class MininetParams(FusedParams):
    """What `run` and `overfit` share; the defaults are the best cell that the report's text names."""

    # Section 4: swept over 1e-4, 5e-4, 1e-3
    lr: float = Field(default=1e-3, gt=0)
    # Section 4: swept over 0.9, 0.95
    momentum: float = Field(default=0.9, ge=0, lt=1)
    # Section 4: "final" losses; best: the network of the lowest loss, which is not in the report
    result: Literal["best", "last"] = "last"
    # Section 4: input 64 by 64
    image_size: int = Field(default=64, ge=8, le=512, multiple_of=4)
    # Section 2: 10 % for validation and 10 % for the test
    held_out: float = Field(default=0.1, gt=0, lt=0.5)
    # Section 2: "a balanced distribution"; false: by chance, whatever classes a part then lacks
    stratify: bool = True


class Params(MininetParams):
    """What can be changed of a training."""

    # Section 4: swept over 1e-5, 5e-5, 1e-4
    weight_decay: float = Field(default=1e-4, ge=0)
    # Read off the figure of the best cell
    epochs: int = Field(default=50, ge=1)
    # Not in the report
    batch_size: int = Field(default=32, ge=1)


class OverfitParams(MininetParams):
    """What can be changed of the overfitting demonstration, which the report ends at a loss of 0.518."""

    # Not in the report: where a picture counts as learnt, with a probability of 0.99 for its class
    enough: float = Field(default=0.01, gt=0)
    # Not in the report: when to give up
    max_epochs: int = Field(default=500, ge=1)


class TestParams(TaskParams):
    """Nothing can be changed: the network is tested as it was trained."""


def disk(params: TaskParams) -> int:
    """Return the bytes of the network and of its checkpoints; a test leaves next to nothing."""
    if not isinstance(params, MininetParams):
        return 0
    last = size.linear(32 * (params.image_size // 4) ** 2, 3)
    weights = size.convolution(3, 16) + size.convolution(16, 32) + last
    return size.of_training(weights, moments=int(params.momentum > 0))


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, and return the metrics of the best and of the last epoch."""
    from tasks.mininet import train

    return train.run(params, context)


def run_together(
    params: Sequence[Params], contexts: Sequence[Context]
) -> Iterator[tuple[int, dict[str, float] | Exception]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    from tasks.mininet import train

    yield from train.run_together(params, contexts)


def overfit(params: OverfitParams, context: Context) -> dict[str, float]:
    """Train on one picture until its loss is small enough or the epochs are over; tell both."""
    from tasks.mininet import train

    return train.overfit(params, context)


def test(params: TestParams, context: Context) -> dict[str, float]:  # noqa: ARG001  one signature for all tasks
    """Test the network of the need `trained`, and tell what it is made of."""
    from tasks.mininet import train

    return train.test(context)


def predictor(trained: Trained) -> Predictor:
    """Return what says of a picture whether it shows hair, spectacles or a cap."""
    from tasks.mininet import train

    return train.predictor(trained)
