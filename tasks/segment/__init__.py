"""The segmentation decoder (Lindström, sections 3.1 and 4.6): its parameters; `train.py` trains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tasks.parts.params import EncoderName, ImageSize, MaskedDataset, PrecisionParams, Pretrain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.segment.train",)
LOCKSTEP: tuple[str, ...] = ("lr", "rho", "eps", "l2", "patience", "hours", "max_epochs")


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
    # Section 4.4: RMSprop with this rate and decay rate; epsilon is the default of Keras
    lr: float = Field(default=1e-4, gt=0)
    rho: float = Field(default=0.9, ge=0, lt=1)
    eps: float = Field(default=1e-7, gt=0)
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


def predictor(trained: Trained) -> Predictor:
    """Return what masks the face of a picture, with the encoder that the decoder was trained on."""
    from tasks.segment import train

    return train.predictor(trained)
