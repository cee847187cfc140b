"""What a network sees and says, as pictures to look at (Yuan et al., figures 2.3, 3.3 and 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from tasks.data.images import resize_rgb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from tasks.data.boxes import Box
    from tasks.data.images import Pixels

MAP_COLUMNS, MAP_SIDE, GAP = 8, 96, 4
SHOWN, COLUMNS, TILE, LINE = 24, 6, 128, 14
RIGHT, WRONG, NEUTRAL, FRAME = (0, 120, 0), (190, 0, 0), (0, 0, 0), (255, 210, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of one attribute of a face."""

    attribute: str
    yes: float  # its probability
    truth: int | None = None  # 0 or 1; None where nobody has said so

    @property
    def text(self) -> str:
        """The answer and how sure it is, as `Male: no 0.93`."""
        said, sure = ("yes", self.yes) if self.yes > 0.5 else ("no", 1 - self.yes)
        return f"{self.attribute}: {said} {sure:.2f}"

    @property
    def colour(self) -> tuple[int, int, int]:
        """Green for a right answer, red for a wrong one, black where it is not known."""
        if self.truth is None:
            return NEUTRAL
        return RIGHT if (self.yes > 0.5) == bool(self.truth) else WRONG


def answers(attributes: Sequence[str], logits: Tensor, labels: Tensor | None = None) -> list[list[Answer]]:
    """Return the answers of each face. logits: float [N, A, 2]; labels: int64 [N, A]."""
    chances = logits.softmax(dim=2)[:, :, 1].tolist()
    truths = [[None] * len(attributes)] * len(chances) if labels is None else labels.tolist()
    return [
        [Answer(*each) for each in zip(attributes, yes, truth, strict=True)]
        for yes, truth in zip(chances, truths, strict=True)
    ]


def draw_maps(path: Path, maps: Tensor) -> None:
    """Draw feature maps in rows of eight, each from its least value in black to its greatest in white.

    maps: float [C, H, W]. One that is the same everywhere is black.
    """
    low, high = torch.aminmax(maps.flatten(1), dim=1)
    spread = (high - low).clamp_min(1e-12)
    grey = ((maps - low[:, None, None]) / spread[:, None, None] * 255).round().to(torch.uint8).cpu().numpy()
    step = MAP_SIDE + GAP
    rows = -(-len(grey) // MAP_COLUMNS)
    sheet = Image.new("L", (min(MAP_COLUMNS, len(grey)) * step - GAP, rows * step - GAP), "white")
    for place, values in enumerate(grey):
        tile = Image.fromarray(values).resize((MAP_SIDE, MAP_SIDE), Image.Resampling.NEAREST)
        sheet.paste(tile, (place % MAP_COLUMNS * step, place // MAP_COLUMNS * step))
    sheet.save(path)


def draw_answers(path: Path, faces: Sequence[Pixels], said: Sequence[Sequence[Answer]]) -> None:
    """Draw faces and below each its answers, green where right and red where wrong.

    faces: uint8 [S, S, 1] or [S, S, 3], at least one, of which the first 24 are drawn.
    """
    shown = list(zip(faces[:SHOWN], said[:SHOWN], strict=True))
    height = TILE + LINE * len(said[0])
    rows = -(-len(shown) // COLUMNS)
    sheet = Image.new("RGB", (min(COLUMNS, len(shown)) * TILE, rows * height), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=11)
    for place, (face, lines) in enumerate(shown):
        x, y = place % COLUMNS * TILE, place // COLUMNS * height
        coloured = np.broadcast_to(face, (*face.shape[:2], 3)).copy()
        sheet.paste(Image.fromarray(resize_rgb(coloured, TILE - GAP)), (x, y))
        for number, answer in enumerate(lines):
            pen.text((x + 2, y + TILE - GAP + number * LINE), answer.text, fill=answer.colour, font=font)
    sheet.save(path)


def draw_photograph(path: Path, picture: Pixels, faces: Sequence[tuple[Box, Sequence[str]]]) -> None:
    """Draw a photograph, uint8 [H, W, 3], with a frame around each face and what is said of it below.

    What is said of a face at the lower edge stands in the frame.
    """
    sheet = Image.fromarray(picture)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=12)
    for box, told in faces:
        right, bottom = box.x + box.width - 1, box.y + box.height - 1
        pen.rectangle((box.x, box.y, right, bottom), outline=FRAME, width=2)
        text = "\n".join(told)
        place = box.x + 2, min(bottom + 2, max(0, sheet.height - LINE * len(told) - 4))
        pen.rectangle(pen.multiline_textbbox(place, text, font=font), fill="black")
        pen.multiline_text(place, text, fill=FRAME, font=font)
    sheet.save(path)
