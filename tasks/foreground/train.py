"""Train a U-Net to tell people from the background, and use it (Prasertwaree & Khumphairan, part 1)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR

from tasks.foreground import NET, Params
from tasks.nets import summary, unet
from tasks.nets.encoders import count_parameters
from tasks.parts import (
    augmentation,
    foreground,
    losses,
    metrics,
    pictures,
    precision,
    prediction,
    predictions,
    seeding,
)
from tasks.parts.training import Loop, State, lowest
from tasks.prepare.celebhair import MASK

if TYPE_CHECKING:
    from tasks.data.images import Mask, Pixels
    from tasks.foreground import RemoveParams, TestParams
    from tasks.parts.context import Asked, Context
    from tasks.parts.prediction import Predictor, Trained

# Figure 7 shows the first ten pictures of the test set; the other figures show as many.
SHOWN = 10


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `foreground.safetensors` and `augmented.png`, return the epoch of the lowest val_loss."""
    seeding.seed_all(context.seed)
    precision.set_tf32(params)
    shown = pictures.read(context.need("pictures"))
    net = precision.prepare(unet.UNet(width=params.width).to(seeding.pick_device()), params)
    draw_augmented(shown, params, context)

    outcome = train(net, shown, params, context)

    unet.save(net, context.artifact(NET), image_size=params.image_size)
    return {
        **outcome.best,
        "untrained_val_miou": outcome.untrained["val_miou"],
        "best_epoch": outcome.best_epoch,
        "epochs": outcome.epoch,
        "train_images": len(shown.part("train")),
        "val_images": len(shown.part("val")),
        "parameters": count_parameters(net),
        "layers": summary.count_rows(net, (3, 32, 32)),
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        "timing_hours": outcome.seconds / 3600,
        **outcome.timing(),
        **shown.counts,
    }


def fit_part(shown: pictures.Pictures, part: str, image_size: int) -> foreground.Squares:
    """Resize and pad the pictures of a part, unchanged otherwise."""
    rows = shown.part(part).tolist()
    return foreground.stack(((shown.picture(row), shown.mask(MASK, row)) for row in rows), image_size)


def draw_squares(
    shown: pictures.Pictures, rows: list[int], params: Params, source: tuple[int, int]
) -> foreground.Squares:
    """Change pictures at random and fit them into squares: a function of each row and the source alone."""
    how = augmentation.Augmentation(
        noise_std=params.noise_std,
        flip=params.flip_hor,
        quarter_turn=params.rotate,
        angle=params.angle,
        crop_range=params.crop_range,
    )

    def draw(row: int) -> tuple[Pixels, Mask]:
        rng = np.random.default_rng([*source, row])
        return augmentation.augment(shown.picture(row), shown.mask(MASK, row), how, rng)

    return foreground.stack(map(draw, rows), params.image_size)


def draw_augmented(shown: pictures.Pictures, params: Params, context: Context) -> None:
    """Draw the first training pictures as the first epoch has them, and below each its mask (figure 4)."""
    drawn = draw_squares(shown, shown.part("train").tolist()[:SHOWN], params, (context.seed, 0))
    masks = drawn.masks.to(torch.uint8).mul(255)[..., None].expand(-1, -1, -1, 3)
    pairs = zip(drawn.pictures.permute(0, 2, 3, 1).numpy(), masks.numpy(), strict=True)
    predictions.draw_columns(context.artifact("augmented.png"), [*pairs], params.image_size)


def make_schedule(optimizer: torch.optim.Optimizer, params: Params, steps: int) -> LambdaLR:
    """Return the rate of every step of all: falling to zero as the code base has it, or by epochs."""

    def factor(step: int) -> float:
        if params.schedule == "poly":
            return float((1 - step / steps) ** 0.9)
        return float(params.gamma ** (step * params.epochs // steps // params.step_size))

    return LambdaLR(optimizer, factor)


def train(net: unet.UNet, shown: pictures.Pictures, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the lowest validation loss."""
    rows, val = shown.part("train"), fit_part(shown, "val", params.image_size)
    optimizer = torch.optim.SGD(
        net.parameters(),
        lr=params.lr,
        momentum=params.momentum,
        weight_decay=params.weight_decay,
        fused=params.fused or None,
    )
    schedule = make_schedule(optimizer, params, steps=params.epochs * -(-len(rows) // params.batch_size))
    loop = Loop(
        model=net,
        optimizer=optimizer,
        schedule=schedule,
        context=context,
        rows=rows,
        batch_size=params.batch_size,
        max_epochs=params.epochs,
        keep=lowest("val_loss"),
        amp=params.amp,
    )

    def load(rows: torch.Tensor, epoch: int) -> foreground.Squares:
        return draw_squares(shown, rows.tolist(), params, (context.seed, epoch))

    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained net
        for drawn in epoch.ahead(load):
            logits, masks = foreground.answer(net, drawn)
            loss = losses.dice_loss(logits, masks)
            loop.descend(loss)
            schedule.step()
            epoch.record(loss, miou=metrics.two_class_iou(logits.argmax(dim=1) == 1, masks).mean())
        epoch.end(validate(net, val, params, asked=loop))
    return loop.state


def validate(net: unet.UNet, val: foreground.Squares, params: Params, asked: Asked) -> dict[str, float]:
    """Return the scores of the validation part."""
    found = foreground.score(foreground.predict(net, val, params.batch_size, asked))
    return {f"val_{name}": value for name, value in found.items()}


def test(params: TestParams, context: Context) -> dict[str, float]:
    """Measure a trained net on pictures it never saw, write its masks and `overlay.png`."""
    shown = pictures.read(context.need("pictures"))
    precision.set_tf32(params)
    net, image_size = unet.load(context.need("net") / NET)
    net = precision.prepare(net.to(seeding.pick_device()), params)
    part = fit_part(shown, params.part, image_size)
    answers = list(foreground.predict(net, part, params.batch_size, context))
    found = foreground.score(answers)

    predicted = torch.cat([logits.argmax(dim=1, keepdim=True) == 1 for logits, _ in answers]).cpu()
    masks = part.masks.unsqueeze(1)
    names = [shown.names[row] for row in shown.part(params.part).tolist()]
    predictions.write(context.artifact("predictions.npz"), names, predicted, masks)
    squares = part.pictures[:SHOWN].permute(0, 2, 3, 1).numpy()
    columns = [
        predictions.panels(square, predicted[place, 0].numpy(), part.masks[place].numpy())
        for place, square in enumerate(squares)
    ]
    predictions.draw_columns(context.artifact("overlay.png"), columns, image_size)
    return {
        **{f"{params.part}_{name}": value for name, value in found.items()},
        f"{params.part}_images": len(names),
        "padding_value": foreground.PADDING,
        **shown.counts,
    }


def remove(params: RemoveParams, context: Context) -> dict[str, float]:
    """Write the pictures of a part, everything that the net takes for background black, and `cutouts.png`."""
    shown = pictures.read(context.need("pictures"))
    precision.set_tf32(params)
    net, image_size = unet.load(context.need("net") / NET)
    net = precision.prepare(net.to(seeding.pick_device()), params)
    rows = shown.part(params.part)
    names = tuple(shown.names[row] for row in rows.tolist())

    def load(place: int) -> tuple[Pixels, tuple[Mask, ...]]:
        picture = shown.picture(int(rows[place]))
        mask = foreground.find(net, picture, image_size)
        return prediction.cut_out(picture, mask), (mask,)

    weights = hashlib.sha256((context.need("net") / NET).read_bytes()).hexdigest()
    order = pictures.Order(
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
    predictions.draw_columns(context.artifact("cutouts.png"), examples)
    return {"images": len(names), "foreground_share": float(sum(shares)) / len(shares), **written.counts}


def predictor(trained: Trained) -> Predictor:
    """Return what finds the foreground of a picture and cuts it out."""
    net, image_size = unet.load(trained.artifacts / NET)
    net.to(seeding.pick_device())

    def answer(picture: Pixels) -> prediction.Prediction:
        mask = foreground.find(net, picture, image_size)
        return prediction.Prediction(mask=mask, cutout=prediction.cut_out(picture, mask))

    return answer
