"""Random changes to a picture and its mask while a U-Net trains.

In the order of AntiAegis/Human-Segmentation-PyTorch: noise, flip, quarter turn, small turn, square cut.
That code turns masks with a bilinear filter and takes all above 0, which lets them grow by up to a pixel;
here the nearest pixel is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from tasks.data.images import Mask, Pixels

# Steps of an angle between its two ends, and of the share of the short side that is cut out.
ANGLES, SHARES = 21, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Augmentation:
    """How much of each change there may be; zero leaves it out."""

    noise_std: float  # grey levels of 255
    flip: float  # probability
    quarter_turn: float  # probability, left and right alike
    angle: float  # degrees to either side
    crop_range: tuple[float, float]  # share of the short side


def augment(picture: Pixels, mask: Mask, how: Augmentation, rng: np.random.Generator) -> tuple[Pixels, Mask]:
    """Change a picture (H x W x 3) and its mask (H x W) alike; the result is a square, of any side."""
    picture = add_noise(picture, how.noise_std, rng)
    if rng.random() < how.flip:
        picture, mask = picture[:, ::-1], mask[:, ::-1]
    if rng.random() < how.quarter_turn:
        turns = 1 if rng.random() < 0.5 else -1
        picture, mask = np.rot90(picture, turns), np.rot90(mask, turns)
    angle = float(rng.choice(np.linspace(-how.angle, how.angle, ANGLES)))
    picture, mask = rotate(picture, mask, angle)
    return cut_square(picture, mask, how.crop_range, rng)


def add_noise(picture: Pixels, std: float, rng: np.random.Generator) -> Pixels:
    """Add noise of this deviation to every channel of every pixel."""
    if not std:
        return picture
    noisy = picture + rng.normal(0, std, size=picture.shape)
    return np.asarray(noisy.clip(0, 255).astype(np.uint8))


def rotate(picture: Pixels, mask: Mask, degrees: float) -> tuple[Pixels, Mask]:
    """Turn around the middle on a canvas that grows to hold all; what is new is black and background."""
    turned = Image.fromarray(picture).rotate(degrees, Image.Resampling.BILINEAR, expand=True)
    covered = Image.fromarray(mask.astype(np.uint8)).rotate(degrees, Image.Resampling.NEAREST, expand=True)
    return np.array(turned), np.array(covered) > 0


def cut_square(
    picture: Pixels, mask: Mask, crop_range: tuple[float, float], rng: np.random.Generator
) -> tuple[Pixels, Mask]:
    """Cut a square anywhere, whose side is a random share of the short side."""
    height, width = mask.shape
    side = int(min(height, width) * rng.choice(np.linspace(*crop_range, SHARES)))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    rows, columns = slice(top, top + side), slice(left, left + side)
    return picture[rows, columns], mask[rows, columns]
