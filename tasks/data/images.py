"""Pictures and masks as numpy arrays: height x width (x 3), read with Pillow."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from tasks.data.reading import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    from numpy.typing import NDArray

    Pixels: TypeAlias = NDArray[np.uint8]
    Mask: TypeAlias = NDArray[np.bool_]

# Pillow decodes outside Python's lock; more threads than this wait for the network file system anyway.
DECODING_THREADS = 4
# All that Pillow raises for bytes that are no picture, or one that would fill the memory.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError)


def load_rgb(path: Path) -> Pixels:
    """Read a picture as uint8 height x width x 3; 16 bits become 8.

    Raises DatasetError where it is no picture, or one of numbers whose range nobody knows.
    """
    return _load(path, _rgb)


def load_grey(path: Path) -> Pixels:
    """Read a map of grey values as uint8 height x width; raises DatasetError where they have not 8 bits."""
    return _load(path, _grey_values)


def resize_rgb(image: Pixels, size: int) -> Pixels:
    """Squeeze a picture to size x size x 3 with an antialiased bilinear filter."""
    return np.array(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))


def resize_short(image: Pixels, side: int) -> Pixels:
    """Resize a picture, its proportions kept, so that its shorter side has this many pixels."""
    height, width = image.shape[:2]
    short = min(height, width)
    size = (width * side // short, height * side // short)
    return np.array(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


def grey(image: Pixels) -> Pixels:
    """Return a picture's brightness (height x width x 1) by the weights of ITU-R 601."""
    return np.array(Image.fromarray(image).convert("L"))[:, :, None]


def size_of(path: Path) -> tuple[int, int]:
    """Return a picture's width and height from its header alone; raises DatasetError."""
    try:
        with Image.open(path) as picture:
            return picture.size
    except UNREADABLE as error:
        raise DatasetError(f"picture `{path}` cannot be read ({error})\nhint: fetch it again") from error


def resize_mask(mask: Mask, size: int) -> Mask:
    """Squeeze a mask to size x size by the nearest pixel, so that it stays a mask."""
    resized = Image.fromarray(mask.astype(np.uint8)).resize((size, size), Image.Resampling.NEAREST)
    return np.array(resized) > 0


def check_same_size(name: str, image: Pixels, labels: Pixels) -> None:
    """Raise DatasetError when the labels of a sample do not cover its picture pixel by pixel."""
    if image.shape[:2] != labels.shape[:2]:
        found = " and ".join(f"{shape[1]}x{shape[0]}" for shape in (image.shape, labels.shape))
        raise DatasetError(f"picture and labels of `{name}` differ in size: {found} (width x height)")


def eight_bits(picture: Image.Image) -> Image.Image:
    """Return a picture of 8 bits: of one with 16 the upper ones, where Pillow would cut at 255.

    Raises DatasetError for numbers of 32 bits and fractions: nobody knows which of them is white.
    """
    if picture.mode.startswith("I;16"):
        values = np.asarray(picture).astype(np.uint32)
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if picture.mode in {"I", "F"}:
        kind = "whole numbers of 32 bits" if picture.mode == "I" else "fractions"
        raise DatasetError(f"its pixels are {kind}, and nobody knows which is white: save it with 8 bits")
    return picture


def _load(path: Path, pixels: Callable[[Image.Image], Pixels]) -> Pixels:
    try:
        with Image.open(path) as picture:
            return pixels(picture)
    except FileNotFoundError as error:
        raise DatasetError(f"picture `{path}` not found") from error
    except DatasetError as error:
        raise DatasetError(f"picture `{path}` cannot be used: {error}") from error
    except UNREADABLE as error:
        raise DatasetError(f"picture `{path}` cannot be read ({error})\nhint: fetch it again") from error


def _rgb(picture: Image.Image) -> Pixels:
    return np.array(eight_bits(picture).convert("RGB"))


def _grey_values(picture: Image.Image) -> Pixels:
    """Return values that mean something each; raises DatasetError where they would have to be changed."""
    if picture.mode == "L":
        return np.array(picture)
    if picture.mode.startswith(("I", "F")):
        raise DatasetError(f"it is a map of labels with mode {picture.mode} instead of grey values of 8 bits")
    colours = np.array(picture.convert("RGB"))
    if (colours != colours[:, :, :1]).any():
        raise DatasetError(f"it is a map of labels in colours (mode {picture.mode}) instead of grey values")
    return colours[:, :, 0]
