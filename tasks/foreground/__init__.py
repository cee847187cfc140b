"""A U-Net that tells people from the background (Prasertwaree & Khumphairan, part 1): its parameters.

`run` trains it, `test` measures it on the test part, and `remove` writes the pictures of another dataset with
a black background: all in `train.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from tasks.parts import disk as size
from tasks.parts import rates
from tasks.parts.params import FusedParams, ImageSize, PrecisionParams, TaskParams, Width

if TYPE_CHECKING:
    from typing import Self

    from tasks.parts.context import Context
    from tasks.parts.prediction import Predictor, Trained

VERSION: int = 1
PRELOAD: tuple[str, ...] = ("tasks.foreground.train",)
HOURS_ON = rates.ON

# What the written net is called.
NET = "foreground.safetensors"


class Params(FusedParams):
    """What can be changed; the defaults are the report."""

    # Not in the report: MobileNetV2's own multiplier
    width: Width = 1
    # Table 2: the longer side; the rest is padded with black
    image_size: ImageSize = 320
    # Section 1.3.1
    batch_size: int = Field(default=16, ge=1)
    epochs: int = Field(default=300, ge=1)
    # Table 3
    lr: float = Field(default=1e-2, gt=0)
    momentum: float = Field(default=0.9, ge=0, lt=1)
    weight_decay: float = Field(default=1e-8, ge=0)
    # The code base makes the scheduler of table 4, and then sets lr * (1 - step / steps) ** 0.9 in every step
    # (I-001-2); `step` is the table as it stands, which with its gamma of 1 is a constant rate
    schedule: Literal["poly", "step"] = "poly"
    # Table 4: every so many epochs the rate is multiplied by gamma
    step_size: int = Field(default=100, ge=1)
    gamma: float = Field(default=1, gt=0, le=1)
    # Table 2, in the order in which the changes are made; `rotate` is a turn by 90 degrees
    noise_std: float = Field(default=3, ge=0)
    flip_hor: float = Field(default=0.5, ge=0, le=1)
    rotate: float = Field(default=0, ge=0, le=1)
    angle: float = Field(default=10, ge=0, le=45)
    crop_range: tuple[float, float] = (0.9, 1.0)

    @model_validator(mode="after")
    def _sensible(self) -> Self:
        if not 0 < self.crop_range[0] <= self.crop_range[1] <= 1:
            raise ValueError(f"crop_range must rise within 0 to 1, found {list(self.crop_range)}")
        if self.schedule == "poly" and self.gamma != 1:
            raise ValueError("gamma has no effect with `schedule: poly`; give `schedule: step`")
        return self


class TestParams(PrecisionParams):
    """What can be changed in a test; the size of the pictures is that of the training."""

    # Section 1.3.1; the mean over batches depends on it (I-001-8)
    batch_size: int = Field(default=16, ge=1)
    part: Literal["val", "test"] = "test"


class RemoveParams(PrecisionParams):
    """Which pictures lose their background."""

    part: Literal["train", "val", "test"] = "test"


def disk(params: TaskParams) -> int | None:
    """Return the bytes of the U-Net and its checkpoints; those of a test's masks depend on the pictures."""
    if not isinstance(params, Params):
        return None
    return size.of_training(round(4_683_331 * params.width**1.4), moments=int(params.momentum > 0))


def hours(params: TaskParams, gpus: int) -> float | None:
    """Return the hours for the pictures of the report, whatever a test does with one counted as training."""
    if isinstance(params, Params):
        return rates.hours("unet", 3000 * params.epochs, params, gpus, image_size=320)
    return rates.hours("unet", 4634 if isinstance(params, RemoveParams) else 200, params, gpus)


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `foreground.safetensors` and `augmented.png`, return the epoch of the lowest val_loss."""
    from tasks.foreground import train

    return train.run(params, context)


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure a trained net on pictures it never saw, write its masks and `overlay.png`."""
    from tasks.foreground import train

    return train.test(params, context)


def remove(params: RemoveParams, context: Context) -> dict[str, float]:
    """Write the pictures of a part, everything that the net takes for background black, and `cutouts.png`."""
    from tasks.foreground import train

    return train.remove(params, context)


def predictor(trained: Trained) -> Predictor:
    """Return what finds the foreground of a picture and cuts it out."""
    from tasks.foreground import train

    return train.predictor(trained)
