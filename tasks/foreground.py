"""Train a U-Net to tell people from the background, and use it (Prasertwaree & Khumphairan, part 1).

`run` trains, `test` measures on the test part, `remove` writes the pictures of another dataset with a black
background.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from tasks.parts.params import ImageSize, TaskParams, Width

if TYPE_CHECKING:
    from typing import Self

    from torch import Tensor
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LambdaLR

    from tasks.data.images import Mask, Pixels
    from tasks.nets.unet import UNet
    from tasks.parts.augmentation import Augmentation
    from tasks.parts.context import Context
    from tasks.parts.pictures import Pictures
    from tasks.parts.prediction import Prediction, Predictor, Trained
    from tasks.parts.squares import Squares
    from tasks.parts.training import State

VERSION: int = 1
PRELOAD: tuple[str, ...] = (
    "torch",
    "torchvision",
    "tasks.nets.unet",
    "tasks.parts.augmentation",
    "tasks.parts.foreground",
    "tasks.parts.pictures",
    "tasks.parts.training",
)

NET = "foreground.safetensors"
MASK = "foreground"
# Figure 7 shows the first ten pictures of the test set.
SHOWN = 10


class Params(TaskParams):
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
    # Table 4 says constant; the code base sets lr * (1 - step / steps) ** 0.9 in every step (I-001-2)
    schedule: Literal["poly", "constant"] = "poly"
    # Table 2, in the order in which the changes are made; `rotate` is a turn by 90 degrees
    noise_std: float = Field(default=3, ge=0)
    flip_hor: float = Field(default=0.5, ge=0, le=1)
    rotate: float = Field(default=0, ge=0, le=1)
    angle: float = Field(default=10, ge=0, le=45)
    crop_range: tuple[float, float] = (0.9, 1.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not 0 < self.crop_range[0] <= self.crop_range[1] <= 1:
            raise ValueError(f"crop_range must rise within 0 to 1, found {list(self.crop_range)}")
        return self


class TestParams(TaskParams):
    """What can be changed in a test; the size of the pictures is that of the training."""

    # Section 1.3.1; the mean over batches depends on it (I-001-8)
    batch_size: int = Field(default=16, ge=1)
    part: Literal["val", "test"] = "test"


class RemoveParams(TaskParams):
    """Which pictures lose their background."""

    part: Literal["train", "val", "test"] = "test"


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `foreground.safetensors`, and return the metrics of the epoch with the lowest val_loss."""
    from tasks.nets import unet
    from tasks.nets.encoders import count_parameters
    from tasks.parts import pictures, seeding

    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    net = unet.UNet(width=params.width).to(seeding.pick_device())

    outcome = train_net(net, shown, params, context)

    unet.save(net, context.artifact(NET), image_size=params.image_size)
    return {
        **outcome.best,
        "untrained_val_miou": outcome.untrained["val_miou"],
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(shown.part("train")),
        "val_images": len(shown.part("val")),
        "parameters": count_parameters(net),
        "layers": unet.count_rows(net),
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        "timing_hours": outcome.seconds / 3600,
        **shown.counts,
    }


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure a trained net on pictures it never saw, write its masks and `overlay.png`."""
    import torch

    from tasks.nets import unet
    from tasks.parts import foreground, pictures, predictions, seeding

    shown = pictures.read(context.need("pictures"))
    net, image_size = unet.load(context.need("net") / NET)
    squares = fit_part(shown, params.part, image_size)
    answers = list(foreground.predict(net.to(seeding.pick_device()), squares, params.batch_size, context))
    found = foreground.score(answers)

    predicted = torch.cat([logits.argmax(dim=1, keepdim=True) == 1 for logits, _ in answers]).cpu()
    masks = squares.masks.unsqueeze(1)
    names = [shown.names[row] for row in shown.part(params.part).tolist()]
    predictions.write(context.artifact("predictions.npz"), names, predicted, masks)
    examples = list(squares.pictures[: predictions.SHOWN].permute(0, 2, 3, 1).numpy())
    predictions.draw_overlay(context.artifact("overlay.png"), examples, predicted, masks)
    return {
        **{f"{params.part}_{name}": value for name, value in found.items()},
        f"{params.part}_images": len(names),
        **shown.counts,
    }


def remove(params: RemoveParams, context: Context) -> dict[str, float]:
    """Write the pictures of a part, everything that the net takes for background black, and `cutouts.png`."""
    from tasks.nets import unet
    from tasks.parts import foreground, pictures, prediction, predictions, seeding
    from tasks.parts.pictures import Order

    shown = pictures.read(context.need("pictures"))
    net, image_size = unet.load(context.need("net") / NET)
    net.to(seeding.pick_device())
    rows = shown.part(params.part)
    names = tuple(shown.names[row] for row in rows.tolist())

    def load(place: int) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = shown.picture(int(rows[place]))
        mask = foreground.find(net, picture, image_size)
        return prediction.cut_out(picture, mask), (mask,)

    weights = hashlib.sha256((context.need("net") / NET).read_bytes()).hexdigest()
    order = Order(
        names=names,
        load=load,
        masks=(MASK,),
        labels={label: values[rows].tolist() for label, values in shown.labels.items()},
        parts={params.part: names},
        counts=shown.counts,
        digest=hashlib.sha256(f"{shown.digest} background removed by {weights}".encode()).hexdigest(),
    )
    written = pictures.write(order, context)
    shares = [written.mask(MASK, row).mean() for row in range(len(names))]
    examples = [(shown.picture(row), written.picture(at)) for at, row in enumerate(rows.tolist()[:SHOWN])]
    predictions.draw_cutouts(context.artifact("cutouts.png"), examples)
    return {"images": len(names), "foreground_share": float(sum(shares)) / len(shares), **written.counts}


def fit_part(shown: Pictures, part: str, image_size: int) -> Squares:
    """Resize and pad the pictures of a part, unchanged otherwise."""
    from tasks.parts import squares

    rows = shown.part(part).tolist()
    return squares.stack(((shown.picture(row), shown.mask(MASK, row)) for row in rows), image_size)


def train_net(net: UNet, shown: Pictures, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the lowest validation loss."""
    import torch

    from tasks.parts import foreground, losses, metrics
    from tasks.parts.training import Goal, Recipe, Training, train

    rows = shown.part("train")
    val = fit_part(shown, "val", params.image_size)

    def load(indices: Tensor, epoch: int) -> Squares:
        return draw_squares(shown, rows[indices].tolist(), params, (context.seed, epoch))

    def loss(squares: Squares) -> dict[str, Tensor]:
        logits, masks = foreground.answer(net, squares)
        overlap = metrics.two_class_iou(logits.argmax(dim=1) == 1, masks)
        return {"loss": losses.dice_loss(logits, masks), "miou": overlap.mean()}

    def validate() -> dict[str, float]:
        found = foreground.score(foreground.predict(net, val, params.batch_size, context))
        return {f"val_{name}": value for name, value in found.items()}

    optimizer = torch.optim.SGD(
        net.parameters(), lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay
    )
    lowest_loss = Goal(metric="val_loss", better="lower")
    recipe = Recipe.all_epochs(
        params.epochs, samples=len(rows), batch_size=params.batch_size, keep=lowest_loss
    )
    training = Training(
        model=net,
        optimizer=optimizer,
        loss=loss,
        validate=validate,
        recipe=recipe,
        load=load,
        schedule=make_schedule(optimizer, params, steps=params.epochs * -(-len(rows) // params.batch_size)),
        schedule_each="step",
    )
    return train(training, context)


def make_schedule(optimizer: Optimizer, params: Params, steps: int) -> LambdaLR:
    """Return the rate of every step: constant, or falling to zero as the code base has it."""
    from torch.optim.lr_scheduler import LambdaLR

    power = 0.9 if params.schedule == "poly" else 0.0
    return LambdaLR(optimizer, lambda step: (1 - step / steps) ** power)


def draw_squares(shown: Pictures, rows: list[int], params: Params, source: tuple[int, int]) -> Squares:
    """Change pictures at random and fit them into squares: a function of each row and the source alone."""
    import numpy as np

    from tasks.parts import augmentation, squares
    from tasks.parts.images import DECODING_THREADS

    how = augmentation_of(params)

    def draw(row: int) -> tuple[Pixels, Mask]:
        rng = np.random.default_rng([*source, row])
        return augmentation.augment(shown.picture(row), shown.mask(MASK, row), how, rng)

    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        return squares.stack(pool.map(draw, rows), params.image_size)


def augmentation_of(params: Params) -> Augmentation:
    """Return the random changes that these parameters ask for."""
    from tasks.parts.augmentation import Augmentation

    return Augmentation(
        noise_std=params.noise_std,
        flip=params.flip_hor,
        quarter_turn=params.rotate,
        angle=params.angle,
        crop_range=params.crop_range,
    )


def predictor(trained: Trained) -> Predictor:
    """Return what finds the foreground of a picture and cuts it out."""
    from tasks.nets import unet
    from tasks.parts import foreground, prediction, seeding

    net, image_size = unet.load(trained.artifacts / NET)
    net.to(seeding.pick_device())

    def answer(picture: Pixels) -> Prediction:
        mask = foreground.find(net, picture, image_size)
        return prediction.Prediction(mask=mask, cutout=prediction.cut_out(picture, mask))

    return answer
