"""One network for several attributes (Yuan et al., 2 and 3): its parameters; `train.py` trains it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from tasks.nets.width import scaled
from tasks.parts import disk as size
from tasks.parts.params import FusedParams, Width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 2
PRELOAD: tuple[str, ...] = ("tasks.multitask.train",)
LOCKSTEP: tuple[str, ...] = ("lr", "rule", "fold", "patience", "max_epochs", "result")


class Params(FusedParams):
    """What can be changed; the defaults are the paper, and Adam, which it does not name (I-004-3)."""

    # Section 1: gender and eyeglasses; one attribute alone is one of the networks compared with
    attributes: tuple[str, ...] = Field(default=("Male", "Eyeglasses"), min_length=1)
    # Section 2.3: how much an attribute's loss counts in the sum; those not named count 1, as in the paper
    loss_weights: dict[str, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    # Section 3: 10-fold cross-validation
    fold: int = Field(default=0, ge=0)
    folds: int = Field(default=10, ge=2)
    # The share put aside for a drawn test, before the folds are cut; how many pictures that were is not said
    test_share: float = Field(default=0.1, gt=0, lt=1)
    # Section 2.1: the test is on photographs. drawn: by chance, and its people may be trained on in other
    # pictures; own: the dataset's part `test`, in CelebA of other people
    test_part: Literal["drawn", "own"] = "drawn"
    # Not in the paper: the share of the maps and neurons of its network
    width: Width = 1
    # Section 2.1: grey pictures of 50 by 50
    image_size: int = Field(default=50, ge=10, le=512)
    # Section 2.4: the rate before the first epoch, L_0
    lr: float = Field(default=1e-3, gt=0)
    # Section 2.4: L_i = L_(i-1) (1 - 1/Epoch_i), which as printed is 0 from epoch 1 on. `telescoping` applies
    # it from epoch 2, so that L_i = L_0 / i; `constant` reads Epoch_i as max_epochs: L_i = L_0 (1 - 1/E)^i
    rule: Literal["telescoping", "constant"] = "telescoping"
    # Section 2.4
    batch_size: int = Field(default=32, ge=1)
    # Section 2.4: stop when the validation loss has not fallen in "more than two epochs"
    patience: int = Field(default=3, ge=1)
    # Section 2.4: "no more than 10 epochs"
    max_epochs: int = Field(default=10, ge=1)
    # Section 2.4 ends a training by hand and says nothing of going back to an earlier epoch (I-004-5); best:
    # the network of the lowest validation loss
    result: Literal["best", "last"] = "last"

    @model_validator(mode="after")
    def _consistent(self) -> Params:
        if len(set(self.attributes)) < len(self.attributes):
            raise ValueError(f"attributes {', '.join(self.attributes)} name one twice")
        unknown = sorted(set(self.loss_weights) - set(self.attributes))
        if unknown:
            raise ValueError(f"loss_weights name `{unknown[0]}`, attributes are {', '.join(self.attributes)}")
        if self.fold >= self.folds:
            raise ValueError(f"there is no fold {self.fold} of {self.folds}: they count from 0")
        if self.rule == "constant" and self.max_epochs == 1:
            raise ValueError("rule `constant` with max_epochs 1 has a learning rate of 0")
        return self


def disk(params: Params) -> int:
    """Return the bytes of the network, and of its checkpoints with Adam's two moments."""
    maps, more, neurons = (scaled(count, params.width) for count in (32, 64, 96))
    side = ((params.image_size - 2) // 2 - 2) // 2
    branch = size.convolution(maps, more) + size.linear(more * side**2, neurons) + size.linear(neurons, 2)
    return size.of_training(size.convolution(1, maps) + len(params.attributes) * branch, moments=2)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write the network, its answers and pictures of both; return the metrics of the network."""
    from tasks.multitask import train

    return train.run(params, context)


def run_together(
    params: Sequence[Params], contexts: Sequence[Context]
) -> Iterator[tuple[int, dict[str, float] | Exception]]:
    """Train several at once; yield the place of each as it ends, with its metrics or what ended it."""
    from tasks.multitask import train

    yield from train.run_together(params, contexts)


def predictor(trained: Trained) -> Predictor:
    """Return what says `no` or `yes` for each attribute of a picture."""
    from tasks.multitask import train

    return train.predictor(trained)
