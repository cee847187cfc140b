"""What a U-Net answers: for squares with known masks, and for one picture of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from tasks.parts import images, losses, seeding
from tasks.parts.context import asking
from tasks.parts.metrics import TwoClassOverlap
from tasks.parts.squares import Squares, fit_picture

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from tasks.data.images import Mask, Pixels
    from tasks.nets.unet import UNet
    from tasks.parts.context import Asked


def answer(net: UNet, squares: Squares) -> tuple[Tensor, Tensor]:
    """Return logits, float [N, 2, S, S], and masks, bool [N, S, S], on the device."""
    device = seeding.pick_device()
    return net(images.scale(squares.pictures.to(device))), squares.masks.to(device)


@torch.no_grad()
def predict(net: UNet, squares: Squares, batch_size: int, asked: Asked) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield logits and masks in batches; InterruptedError to stop."""
    for rows in asking(asked, torch.split(torch.arange(len(squares.masks)), batch_size)):
        yield answer(net, Squares(squares.pictures[rows], squares.masks[rows]))


def score(answers: Iterable[tuple[Tensor, Tensor]]) -> dict[str, float]:
    """Return the mean Dice `loss` of the images and both `miou`, from logits and masks in batches."""
    overlap, loss_sum, count = TwoClassOverlap(), 0.0, 0
    for logits, masks in answers:
        overlap.add(logits.argmax(dim=1) == 1, masks)
        loss_sum += float(losses.dice_loss(logits, masks)) * len(masks)
        count += len(masks)
    return {"loss": loss_sum / count, **overlap.metrics()}


def find(net: UNet, picture: Pixels, image_size: int) -> Mask:
    """Return what the net takes for foreground, bool [H, W], of one picture of any size, uint8 [H, W, 3].

    The probability found in the square is resized to the picture, and then compared with one half.
    """
    square, place = fit_picture(picture, image_size)
    shown = images.stack([square]).to(seeding.pick_device())
    with torch.no_grad():
        probability = net(images.scale(shown)).softmax(dim=1)[0, 1].cpu().numpy()
    height, width = picture.shape[:2]
    inside = Image.fromarray(place.cut(probability))
    return np.array(inside.resize((width, height), Image.Resampling.BILINEAR)) > 0.5
