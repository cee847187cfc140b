"""What is around a drawing; one whose content has not changed is not drawn again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.report.document import Figure
from orchestrator.report.edges.figures import saved

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "content"
"""What the PNG calls the hash of what it shows."""
_COLORS = 128
"""As many as the eye tells apart in a figure: half of the bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a drawing goes, and what it is called."""

    folder: Path
    identity: str
    title: str
    notes: tuple[str, ...] = ()
    content: str = field(default="", repr=False)
    """Names what is drawn."""

    def once(self, shown: object, draw: Callable[[Frame], Figure]) -> Figure:
        """Return the figure as it lies there if it shows the same, else draw it."""
        content = hashlib.sha256(f"{_drawing_code()}{self.title}{shown!r}".encode()).hexdigest()
        before = Figure(
            id=self.identity,
            title=self.title,
            notes=self.notes,
            png=f"figures/{self.identity}.png",
            pdf=f"figures/{self.identity}.pdf",
        )
        if (self.folder / before.pdf).is_file() and _content(self.folder / before.png) == content:
            return before
        return draw(replace(self, content=content))

    def saved(self, drawing: Any) -> Figure:
        """Write the figure."""
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        figure = saved(drawing, self.folder, self.identity, self.title, self.notes)
        told = PngInfo()
        told.add_text(_KEY, self.content)
        with Image.open(self.folder / figure.png) as image:
            small = image.convert("RGB").quantize(_COLORS)
        small.save(self.folder / figure.png, optimize=True, pnginfo=told)
        return figure


def _content(png: Path) -> str | None:
    """Return what a PNG says that it shows; None where it is none, or not of ours."""
    from PIL import Image

    try:
        with Image.open(png) as image:
            return image.info.get(_KEY)
    except (OSError, SyntaxError, ValueError):
        return None


@cache
def _drawing_code() -> str:
    """Return a name for how it is drawn: this version's code and matplotlib's."""
    import matplotlib as mpl

    here = Path(__file__).parent
    files = sorted([*here.glob("*figure*.py"), *here.glob("drawing/*.py")])
    code = b"".join(path.read_bytes() for path in files)
    axes = Path(__file__).with_name("search_axes.py").read_bytes()
    return hashlib.sha256(code + axes + str(mpl.__version__).encode()).hexdigest()
