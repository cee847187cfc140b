"""The square that a U-Net is shown: the whole picture in its middle, black around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from tasks.data.boxes import Box
from tasks.parts import images

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from tasks.data.images import Mask, Pixels


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
    square = np.zeros((side, side, *picture.shape[2:]), dtype=np.uint8)
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
