"""An encoder tuned on `Male` (Lindström, sections 3.2, 4.4 and 4.5): its parameters; `train.py` tunes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from tasks.nets import weights
from tasks.parts import disk as size
from tasks.parts import rates
from tasks.parts.params import EncoderParams

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.gender.train",)
# Of VGG alone: the last block of ResNet-50 has BatchNorm, which no stack of models can train.
HOURS_ON = rates.ON
LOCKSTEP: tuple[str, ...] = ("lr", "rho", "eps", "patience", "max_epochs")

# Parameters of each encoder, and of the block that is tuned.
SIZES = {
    "vgg16": (14_714_688, 7_079_424),
    "vgg19": (20_024_384, 9_439_232),
    "resnet50": (23_508_032, 14_964_736),
}
# Of a whole training: those of the best network (table 4.1), and the 20 after which it ends (section 4.5).
EPOCHS = {"vgg16": 23 + 20, "vgg19": 26 + 20, "resnet50": 32 + 20}


class Params(EncoderParams):
    """What can be changed; the defaults are the thesis."""

    # Section 4.5
    batch_size: int = Field(default=200, ge=1)
    # Section 4.4: RMSprop with this rate and decay rate; epsilon is the default of Keras
    lr: float = Field(default=1e-4, gt=0)
    rho: float = Field(default=0.9, ge=0, lt=1)
    eps: float = Field(default=1e-7, gt=0)
    # Section 4.5: stop when the validation loss has not fallen for 20 epochs
    patience: int = Field(default=20, ge=1)
    # Not in the thesis: an end for a training that never stops improving
    max_epochs: int = Field(default=1000, ge=1)


def missing(params: Params, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is not there."""
    return weights.missing(params.encoder, params.weights)


def disk(params: Params) -> int:
    """Return the bytes of encoder and classifier, and of the checkpoints of the last block (Table 3.1)."""
    whole, block = SIZES[params.encoder]
    share = params.width**2
    return size.of_training(round(whole * share), in_loop=round(block * share), moments=1)


def hours(params: Params, gpus: int) -> float | None:
    """Return the hours of a training for as many epochs as the thesis tells, on its 12,000 pictures."""
    name, epochs = params.encoder, min(EPOCHS[params.encoder], params.max_epochs)
    trunk = rates.hours(f"encode {name}", 12_000, params, gpus)
    tuning = rates.hours(f"gender {name}", 10_800 * epochs, params, gpus)
    return None if trunk is None or tuning is None else trunk + tuning


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write encoder, classifier and `predictions.csv`, and return the metrics of the best epoch."""
    from tasks.gender import train

    return train.run(params, context)


def run_together(
    params: Sequence[Params], contexts: Sequence[Context]
) -> Iterator[tuple[int, dict[str, float] | Exception]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    from tasks.gender import train

    yield from train.run_together(params, contexts)


def predictor(trained: Trained) -> Predictor:
    """Return what says `female` or `male` of a picture, with the tuned encoder and its classifier."""
    from tasks.gender import train

    return train.predictor(trained)
