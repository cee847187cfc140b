"""The segmentation decoder (Lindström, sections 3.1 and 4.6): its parameters; `train.py` trains it.

`end_to_end` trains the encoder with it, which the thesis tried and left (section 4.6): `whole.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.nets import weights
from tasks.parts import disk as size
from tasks.parts import rates
from tasks.parts.params import (
    EncoderName,
    EncoderParams,
    ImageSize,
    MaskedDataset,
    PrecisionParams,
    Pretrain,
    TaskParams,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.segment.train",)
HOURS_ON = rates.ON
LOCKSTEP: tuple[str, ...] = ("lr", "rho", "eps", "momentum", "l2", "patience", "hours", "max_epochs")

# Parameters of each encoder, and channels of its features.
SIZES: dict[EncoderName, tuple[int, int]] = {
    "vgg16": (14_714_688, 512),
    "vgg19": (20_024_384, 512),
    "resnet50": (23_508_032, 2048),
}
# What one place of FCN32s' first hidden layer sees.
KERNEL = 7 * 7


# Not in the thesis: how many epochs a plan counts with.
EPOCHS = 500


class Params(PrecisionParams):
    """What can be changed; the defaults are the thesis."""

    # These three say which features are read; they are checked against the need `features`
    encoder: EncoderName = "vgg16"
    pretrain: Pretrain = "control"
    dataset: MaskedDataset = "lfw"
    # Section 4.6: with or without hair in the face mask
    hair: bool = True
    # Section 4.2
    image_size: ImageSize = 224
    # Section 4.6
    batch_size: int = Field(default=200, ge=1)
    # Section 4.4: RMSprop; it also tried SGD, with parameters near those of Long et al. (2014)
    optimizer: Literal["rmsprop", "sgd"] = "rmsprop"
    # Section 4.4: this rate and decay rate; epsilon is the default of Keras
    lr: float = Field(default=1e-4, gt=0)
    rho: float = Field(default=0.9, ge=0, lt=1)
    eps: float = Field(default=1e-7, gt=0)
    # Of SGD alone, as Long et al. have it
    momentum: float = Field(default=0.9, ge=0, lt=1)
    # Section 3.1: L2 on the 1x1 convolution; the factor is not said
    l2: float = Field(default=1e-4, ge=0)
    # Section 4.6: stop when the validation IoU has not risen for 50 epochs, or after 20 hours
    patience: int = Field(default=50, ge=1)
    hours: float = Field(default=20, gt=0)
    # Not in the thesis: an end for a training that never stops improving
    max_epochs: int = Field(default=10_000, ge=1)
    # Sections 4.2 and 4.3 give the counts of a 90/10 split; `official` takes the dataset's own lists
    split: Literal["random90", "official"] = "random90"
    # For resnet50 only (VGG always keeps its grid): `gap` averages the grid as written, `grid` keeps it
    decoder_input: Literal["gap", "grid"] = "gap"
    # Sections 3.3 and 6.2: none in the thesis; FCN32s of Long et al. has two hidden layers of 4096
    fc_units: int = Field(default=0, ge=0)


class EndToEndParams(Params, EncoderParams):
    """What can be changed where the encoder is trained, too; the defaults are those of the frozen one.

    `control` starts from `weights`; `gender` from the encoder of the need `weights`.
    """


def missing(params: TaskParams, data: Path | None) -> list[str]:  # noqa: ARG001  one signature for all tasks
    """Return a message about the weight file, if it is wanted and not there."""
    if not isinstance(params, EndToEndParams) or params.pretrain == "gender":
        return []
    return weights.missing(params.encoder, params.weights)


def disk(params: TaskParams) -> int | None:
    """Return the bytes of network and checkpoints, where these are large beside what else is written."""
    assert isinstance(params, Params)
    encoder, channels = SIZES[params.encoder]
    share = params.width if isinstance(params, EndToEndParams) else 1
    hidden = params.fc_units * (KERNEL * round(channels * share) + params.fc_units)
    whole = round(encoder * share**2) if isinstance(params, EndToEndParams) else 0
    moments = int(params.optimizer == "rmsprop" or params.momentum > 0)
    return size.of_training(hidden + whole, moments=moments) if hidden + whole else None


def hours(params: TaskParams, gpus: int) -> float | None:
    """Return the hours of a training of `EPOCHS`; None for other decoders, and where the encoder is trained.

    When the validation IoU rises no more nobody knows beforehand.
    """
    assert isinstance(params, Params)
    if isinstance(params, EndToEndParams) or params.fc_units or params.decoder_input == "grid":
        return None
    pictures = {"lfw": 2634, "helen": 2097}[params.dataset]  # sections 4.2 and 4.3
    return rates.hours("segment", pictures * min(EPOCHS, params.max_epochs), params, gpus)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the decoder, its masks and `overlay.png`, and return the metrics of the best epoch."""
    from tasks.segment import train

    return train.run(params, context)


def run_together(
    params: Sequence[Params], contexts: Sequence[Context]
) -> Iterator[tuple[int, dict[str, float] | Exception]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    from tasks.segment import train

    yield from train.run_together(params, contexts)


def end_to_end(params: EndToEndParams, context: Context) -> dict[str, float]:
    """Train encoder and decoder, write both as one network, and return the metrics of the best epoch."""
    from tasks.segment import whole

    return whole.run(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what masks the face of a picture, with the encoder that the decoder was trained on, or with."""
    from tasks.segment import train, whole

    return train.predictor(trained) if "features" in trained.needs else whole.predictor(trained)
