"""The pictures that a network got wrong, as a table and as one picture to look at; sheets of such tiles."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from torch import Tensor

    from tasks.data.images import Pixels
    from tasks.parts.product_classes import ProductClasses

SHOWN, COLUMNS = 24, 6
TILE, LINE = 128, 14
ANSWERS = ("no", "yes")


@dataclass(frozen=True, slots=True)
class Miss:
    """One attribute of one picture: what it is, and how sure the network was of the other answer."""

    place: int  # among the pictures that were asked about
    attribute: str
    truth: int  # 0 or 1
    probability: float  # of the wrong answer, from the marginals


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture of a sheet, and what stands below it."""

    picture: Pixels
    said: str
    wrong: bool = False  # in red


def find(classes: ProductClasses, logits: Tensor, labels: Tensor) -> list[Miss]:
    """Return all misses, the surest first. logits: [N, C]; labels: int64 [N, A]."""
    decoded = classes.decode(logits.argmax(dim=1))
    yes = classes.marginals(logits.double().softmax(dim=1))
    misses = []
    for place, column in (decoded != labels).nonzero().tolist():
        truth, chance = int(labels[place, column]), float(yes[place, column])
        misses.append(Miss(place, classes.attributes[column], truth, 1 - chance if truth else chance))
    return sorted(misses, key=lambda miss: (-miss.probability, miss.place, miss.attribute))


def write(path: Path, names: Sequence[str], misses: Sequence[Miss]) -> None:
    """Write a line for each miss."""
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "attribute", "truth", "predicted", "probability"])
        for miss in misses:
            truth, predicted = ANSWERS[miss.truth], ANSWERS[1 - miss.truth]
            writer.writerow([names[miss.place], miss.attribute, truth, predicted, f"{miss.probability:.6f}"])


def draw(path: Path, misses: Sequence[Miss], picture: Callable[[int], Pixels]) -> None:
    """Draw the surest misses with what the network said; a grey tile when there is none.

    picture: place -> uint8 [H, W, 3].
    """
    tiles = [
        Tile(picture(miss.place), f"{miss.attribute}: {ANSWERS[1 - miss.truth]} {miss.probability:.2f}")
        for miss in misses[:SHOWN]
    ]
    draw_sheet(path, tiles)


def draw_sheet(path: Path, tiles: Sequence[Tile]) -> None:
    """Draw pictures in rows, each with a line below it; a grey tile when there is none."""
    rows = max(1, -(-len(tiles) // COLUMNS))
    sheet = Image.new("RGB", (min(COLUMNS, max(1, len(tiles))) * TILE, rows * (TILE + LINE)), "lightgrey")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=10)
    for number, tile in enumerate(tiles):
        x, y = number % COLUMNS * TILE, number // COLUMNS * (TILE + LINE)
        sheet.paste(Image.fromarray(tile.picture).resize((TILE, TILE)), (x, y))
        pen.text((x + 2, y + TILE + 1), tile.said, fill="darkred" if tile.wrong else "black", font=font)
    sheet.save(path)
