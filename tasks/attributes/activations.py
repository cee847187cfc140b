"""What each layer answers to one picture, to see where a network dies (Maricalva, sections 4.1 and 6.3)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from PIL import Image, ImageDraw, ImageFont
from torch.nn import functional as F

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from torch import Tensor, nn

    from tasks.data.images import Pixels

COLUMNS, TILE, GAP, LABEL = 12, 48, 2, 150


@torch.no_grad()
def look(layers: Iterable[tuple[str, nn.Module]], given: Tensor) -> dict[str, Tensor]:
    """Return what each layer answers behind its ReLU, float [C, H, W], a fully connected one [1, H, W].

    given: float [1, 3, S, S], the network's input. Units of a fully connected layer stand in a square.
    """
    found, weighted = {}, ""
    for name, layer in layers:
        given = layer(given)
        if name.startswith("relu"):
            found[weighted] = given[0] if given.dim() == 4 else _square(given[0])
        elif name.startswith(("conv", "fc")):
            weighted = name
    return found


def draw(path: Path, picture: Pixels, answers: Mapping[str, Tensor]) -> None:
    """Draw a row for each layer: its name, how many channels are 0 everywhere, and the strongest channels."""
    step = TILE + GAP
    sheet = Image.new("RGB", (LABEL + COLUMNS * step, (len(answers) + 1) * step), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=11)
    sheet.paste(Image.fromarray(picture).resize((TILE, TILE)), (LABEL, 0))
    for row, (name, maps) in enumerate(answers.items(), 1):
        pen.text((2, row * step + TILE // 3), f"{name}: {told(maps)}", fill="black", font=font)
        strongest = maps.flatten(1).amax(dim=1).argsort(descending=True)[:COLUMNS]
        for column, channel in enumerate(strongest.tolist()):
            sheet.paste(_tile(maps[channel]), (LABEL + column * step, row * step))
    sheet.save(path)


def told(maps: Tensor) -> str:
    """Say how much of a layer answers nothing."""
    units = maps[~maps.isnan()] if len(maps) == 1 else maps.flatten(1).amax(dim=1)
    return f"{100 * float((units == 0).double().mean()):.0f} % are 0"


def _square(units: Tensor) -> Tensor:
    side = math.ceil(len(units) ** 0.5)
    return F.pad(units, (0, side**2 - len(units)), value=math.nan).view(1, side, side)


def _tile(values: Tensor) -> Image.Image:
    shown = values.nan_to_num(0)
    grey = (shown / shown.max().clamp_min(1e-12) * 255).round().to(torch.uint8).cpu().numpy()
    return Image.fromarray(grey).resize((TILE, TILE), Image.Resampling.NEAREST)
