"""Train a U-Net to tell people from the background (Prasertwaree & Khumphairan, part 1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.optim.lr_scheduler import LambdaLR

from tasks.foreground import NET, Params
from tasks.nets import unet
from tasks.nets.encoders import count_parameters
from tasks.parts import augmentation, foreground, losses, metrics, pictures, seeding, squares
from tasks.parts.foreground import MASK
from tasks.parts.images import DECODING_THREADS
from tasks.parts.training import Loop, State, lowest

if TYPE_CHECKING:
    from tasks.data.images import Mask, Pixels
    from tasks.parts.context import Asked, Context


def run(params: Params, context: Context) -> dict[str, float]:
    """Train, write `foreground.safetensors`, and return the metrics of the epoch with the lowest val_loss."""
    seeding.seed_all(context.seed)
    shown = pictures.read(context.need("pictures"))
    net = unet.UNet().to(seeding.pick_device())

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
        "layers": unet.count_rows(net),
        "timing_minutes_per_epoch": outcome.seconds / 60 / outcome.epoch,
        "timing_hours": outcome.seconds / 3600,
        **shown.counts,
    }


def draw_squares(
    shown: pictures.Pictures, rows: list[int], params: Params, source: tuple[int, int]
) -> squares.Squares:
    """Change pictures at random and fit them into squares: a function of each row and the source alone."""
    how = augmentation_of(params)

    def draw(row: int) -> tuple[Pixels, Mask]:
        rng = np.random.default_rng([*source, row])
        return augmentation.augment(shown.picture(row), shown.mask(MASK, row), how, rng)

    with ThreadPoolExecutor(DECODING_THREADS) as pool:
        return squares.stack(pool.map(draw, rows), params.image_size)


def augmentation_of(params: Params) -> augmentation.Augmentation:
    """Return the random changes that these parameters ask for."""
    return augmentation.Augmentation(
        noise_std=params.noise_std,
        flip=params.flip_hor,
        quarter_turn=params.rotate,
        angle=params.angle,
        crop_range=params.crop_range,
    )


def make_schedule(optimizer: torch.optim.Optimizer, params: Params, steps: int) -> LambdaLR:
    """Return the rate of every step: constant, or falling to zero as the code base has it."""
    power = 0.9 if params.schedule == "poly" else 0.0
    return LambdaLR(optimizer, lambda step: (1 - step / steps) ** power)


def train(net: unet.UNet, shown: pictures.Pictures, params: Params, context: Context) -> State:
    """Train for all epochs; the network ends with the weights of the lowest validation loss."""
    rows, val = shown.part("train"), foreground.fit_part(shown, "val", params.image_size)
    optimizer = torch.optim.SGD(
        net.parameters(), lr=params.lr, momentum=params.momentum, weight_decay=params.weight_decay
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
    )

    def load(rows: torch.Tensor, epoch: int) -> squares.Squares:
        return draw_squares(shown, rows.tolist(), params, (context.seed, epoch))

    for epoch in loop:  # epoch 0 has no minibatches: it measures the untrained net
        for drawn in epoch.ahead(load):
            logits, masks = foreground.answer(net, drawn)
            loss = losses.dice_loss(logits, masks)

            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            epoch.record(loss, miou=metrics.two_class_iou(logits.argmax(dim=1) == 1, masks).mean())
        epoch.end(validate(net, val, params, asked=loop))
    return loop.state


def validate(net: unet.UNet, val: squares.Squares, params: Params, asked: Asked) -> dict[str, float]:
    """Return the scores of the validation part."""
    found = foreground.score(foreground.predict(net, val, params.batch_size, asked))
    return {f"val_{name}": value for name, value in found.items()}
