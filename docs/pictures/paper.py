"""A page of a report's paper."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from PIL import Image

from docs.pictures.png import trimmed

if TYPE_CHECKING:
    from docs.pictures.workshop import Workshop

DOTS, MARGIN = 150, 60
"""Per inch, and how much paper stays around the text."""
_FOOT = 0.86
"""Share of the sheet above the number of its page."""


def paper(shop: Workshop) -> Image.Image:
    """Return the first page of the compiled paper, but for its number and the empty rest of the sheet."""
    document = shop.report(shop.plain) / "paper/paper.pdf"
    drawn = shop.folder / "paper"
    command = ["pdftoppm", "-png", "-singlefile", "-r", str(DOTS), str(document), str(drawn)]
    subprocess.run(command, check=True)
    with Image.open(drawn.with_suffix(".png")) as page:
        above_foot = page.convert("RGB").crop((0, 0, page.width, int(page.height * _FOOT)))
        return trimmed(above_foot, MARGIN)
