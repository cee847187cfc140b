"""Pictures as files: few colours, few bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageChops

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_BYTES = 250_000
_COLORS = (256, 128, 64, 32)
_ROUNDS = 2
"""In which chosen colours are moved to those of the picture: else what is small changes its colour."""
_EDGE = "#8a8983"


def save(picture: Image.Image, path: Path) -> None:
    """Write a picture with as many colours as there is room for; ValueError for one that is too large."""
    for colors in _COLORS:
        packed = io.BytesIO()
        picture.convert("RGB").quantize(colors, kmeans=_ROUNDS).save(packed, "PNG", optimize=True)
        if len(packed.getvalue()) <= MOST_BYTES:
            path.write_bytes(packed.getvalue())
            return
    raise ValueError(f"{path.name} takes more than {MOST_BYTES} bytes: show less in it")


def stacked(parts: Sequence[Image.Image], gap: int = 2) -> Image.Image:
    """Return pictures below each other, a line between them."""
    both = Image.new("RGB", (parts[0].width, sum(one.height + gap for one in parts) - gap), _EDGE)
    top = 0
    for one in parts:
        both.paste(one, (0, top))
        top += one.height + gap
    return both


def beside(parts: Sequence[Image.Image], gap: int = 2) -> Image.Image:
    """Return pictures of one height beside each other, a line between them."""
    both = Image.new("RGB", (sum(one.width + gap for one in parts) - gap, parts[0].height), _EDGE)
    left = 0
    for one in parts:
        both.paste(one, (left, 0))
        left += one.width + gap
    return both


def trimmed(picture: Image.Image, margin: int) -> Image.Image:
    """Return a picture without the empty paper around what stands on it, but for a margin."""
    paper = Image.new("RGB", picture.size, "#fff")
    left, top, right, bottom = ImageChops.difference(picture.convert("RGB"), paper).getbbox() or (0, 0, 1, 1)
    return picture.crop((left - margin, top - margin, right + margin, bottom + margin))
