"""What a U-Net sees of a picture, and what it answers.

It is shown a square: the whole picture in its middle, black around it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from tasks.data.boxes import Box
from tasks.parts import feeding, images, losses, seeding
from tasks.parts.context import asking
from tasks.parts.metrics import TwoClassOverlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torch import Tensor

    from tasks.data.images import Mask, Pixels
    from tasks.nets.unet import UNet
    from tasks.parts.context import Asked

# Table 2: the grey level around a picture.
PADDING = 0


@dataclass(frozen=True, slots=True)
class Squares:
    """Pictures and their masks, each in the middle of a square."""

    pictures: Tensor  # uint8 [N, 3, S, S]
    masks: Tensor  # bool [N, S, S]


def stack(pairs: Iterable[tuple[Pixels, Mask]], side: int) -> Squares:
    """Fit pictures and masks of any size into squares of one side."""
    fitted = [(fit_picture(picture, side)[0], fit_mask(mask, side)) for picture, mask in pairs]
    masks = torch.from_numpy(np.stack([mask for _, mask in fitted]))
    return Squares(images.stack([picture for picture, _ in fitted]), masks)


def fit_picture(
    picture: Pixels, side: int, resampling: Image.Resampling = Image.Resampling.BILINEAR
) -> tuple[Pixels, Box]:
    """Resize the long side, keep the proportions, and lay the picture into the middle of a black square."""
    place = place_of(picture.shape[0], picture.shape[1], side)
    square = np.full((side, side, *picture.shape[2:]), PADDING, dtype=np.uint8)
    place.cut(square)[:] = np.array(Image.fromarray(picture).resize((place.width, place.height), resampling))
    return square, place


def fit_mask(mask: Mask, side: int) -> Mask:
    """Do the same with a mask, by the nearest pixel; around it is background."""
    return fit_picture(mask.astype(np.uint8), side, Image.Resampling.NEAREST)[0] > 0


def place_of(height: int, width: int, side: int) -> Box:
    """Return where a picture of this size comes to lie in a square."""
    long = max(height, width)
    new_height, new_width = max(1, height * side // long), max(1, width * side // long)
    return Box((side - new_width) // 2, (side - new_height) // 2, new_width, new_height)


def answer(net: UNet, squares: Squares) -> tuple[Tensor, Tensor]:
    """Return logits, float [N, 2, S, S], and masks, bool [N, S, S], on the device."""
    device = seeding.pick_device()
    return net(images.scale(squares.pictures.to(device))), squares.masks.to(device)


@torch.no_grad()
def predict(net: UNet, squares: Squares, batch_size: int, asked: Asked) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield logits and masks in batches; InterruptedError to stop."""
    batches = asking(asked, torch.split(torch.arange(len(squares.masks)), batch_size))
    parts = feeding.ahead(batches, lambda rows: Squares(squares.pictures[rows], squares.masks[rows]))
    for _, part in parts:
        yield answer(net, part)


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
