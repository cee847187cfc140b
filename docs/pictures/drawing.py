"""Which pictures there are, and what makes each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from docs.pictures import commands, mlflow_ui, page
from docs.pictures.paper import paper
from docs.pictures.png import save

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from PIL import Image

    from docs.pictures.workshop import Workshop

PICTURES: Mapping[str, Callable[[Workshop], Image.Image | str]] = {
    "report.png": page.report,
    "report_dark.png": partial(page.report, dark=True),
    "report_phone.png": page.phone,
    "figures.png": page.figures,
    "paper.png": paper,
    "watch.svg": commands.watch,
    "plan.svg": commands.plan,
    "table.svg": commands.table,
    "mlflow.png": mlflow_ui.trials,
    "mlflow_curves.png": mlflow_ui.curves,
}
"""Name of a file -> what makes it: pixels, or the text of an SVG."""


def draw(name: str, shop: Workshop, out: Path) -> Path:
    """Make a picture and return its file."""
    made, path = PICTURES[name](shop), out / name
    if isinstance(made, str):
        path.write_text(made, encoding="utf-8")
    else:
        save(made, path)
    return path
