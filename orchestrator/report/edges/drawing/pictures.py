"""Draws pictures that trials left in a grid, and makes small ones of them for the page."""

from __future__ import annotations

import base64
import io
import struct
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.edges.figures import canvas, saved, style

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.report.document import Figure
    from orchestrator.report.figures.pictures import Panel, Pictures
    from orchestrator.report.page.charts import Chart
    from orchestrator.study.trial import Trial

_WIDTH, _TALLEST = 6.4, 8.5
_SIDES = (640, 480, 360, 240, 160, 96)
"""Longest sides of small pictures, from the largest, until all of a figure fit."""
_MOST_BYTES, _MOST_OF_ALL = 600_000, 3_000_000
"""Of the small pictures of one figure and of all figures, so that the page can still be mailed."""
_QUALITY = 88
_LETTER = 0.0075
"""Inches that a letter takes for each point of its size."""
Images = dict[str, Any]
"""Trial -> its picture; those without one are left out."""


def read_pictures(shown: Pictures, artifact: Callable[[Trial], Path]) -> tuple[Images, list[str]]:
    """Return the pictures, and why the others are not there; NotFoundError where none is."""
    images: Images = {}
    missing: list[str] = []
    for trial in [panel.trial for panel in shown.all if panel.trial]:
        try:
            images[trial.id] = _image(artifact(trial), trial)
        except NotFoundError as error:
            missing.append(str(error))
    if not images:
        raise NotFoundError(
            missing[0],
            hint="write it with `context.artifact(name)`, or name an artifact that the trial's folder has",
        )
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return images, [f"Not there: {'; '.join(missing[:3])}{more}."] if missing else []


def draw_pictures(shown: Pictures, images: Images, folder: Path, notes: Sequence[str] = ()) -> Figure:
    """Draw the grid into `folder`."""
    import matplotlib as mpl

    rows, columns = len(shown.panels), len(shown.panels[0])
    tallest = max(image.height / image.width for image in images.values())
    height = _WIDTH / columns * tallest * rows + 0.35 + 0.1 * rows
    longest = max(len(part) for panel in shown.panels[0] for part in panel.column.split(" / "))
    size = max(5.0, min(9.5, _WIDTH * 0.95 / columns / max(1, longest) / _LETTER))
    with mpl.rc_context(style()):
        drawing, _ = canvas(_WIDTH, min(height, _TALLEST), 1)
        drawing.clear()
        grid = drawing.subplots(rows, columns, squeeze=False)
        for down, (line, axes) in enumerate(zip(shown.panels, grid, strict=True)):
            for across, (panel, one) in enumerate(zip(line, axes, strict=True)):
                _draw(one, panel, images.get(panel.trial.id) if panel.trial else None)
                title, beside = panel.column.replace(" / ", "\n"), panel.row.replace(" / ", "\n")
                one.set_title(title if down == 0 and columns > 1 else "", fontsize=size)
                one.set_ylabel(beside if across == 0 else "", fontsize=size)
        own = shown.definition
        return saved(drawing, folder, own.id, own.title, (*shown.notes, *notes))


def room_for_each(figures: int) -> int:
    """Return how many bytes the small pictures of one figure may take in a page with so many of them."""
    return min(_MOST_BYTES, _MOST_OF_ALL // max(1, figures))


def pictures_chart(shown: Pictures, images: Images, most: int = _MOST_BYTES) -> Chart:
    """Return what the page shows: small pictures in the page itself, in so many bytes."""
    small = thumbnails(images, most)
    columns = [panel.column for panel in shown.panels[0]]
    rows = [line[0].row for line in shown.panels]
    names = [panel.name for panel in shown.all if panel.trial and panel.trial.id in images and panel.name]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    told = f": {'; '.join(names[:12])}{more}" if names else ""
    return {
        "kind": "pictures",
        "says": f"{len(images)} picture{'s' * (len(images) != 1)}{told}.",
        "wide": len(columns) > 2, "rows": rows, "columns": columns,
        "cells": [[_cell(panel, small, images) for panel in line] for line in shown.panels],
    }  # fmt: skip


def thumbnails(images: Images, most: int = _MOST_BYTES) -> dict[str, str]:
    """Return small pictures as addresses that hold them, all of them together within a limit."""
    found: dict[str, str] = {}
    for side in _SIDES:
        found = {name: _address(image, side) for name, image in images.items()}
        if sum(map(len, found.values())) <= most:
            break
    return found


def _cell(panel: Panel, small: Mapping[str, str], images: Images) -> dict[str, Any]:
    if panel.trial is None or panel.trial.id not in small:
        return {"why": panel.why or "no picture"}
    width, height = images[panel.trial.id].size
    return {
        "address": small[panel.trial.id],
        "told": f"{panel.name} · seed {panel.trial.seed}",
        "wide": width,
        "high": height,
    }


def _address(image: Any, side: int) -> str:
    """Return a picture no larger than a side, in the form that takes fewer bytes."""
    from PIL import Image

    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    forms = [(kind, _encoded(small, kind, options)) for kind, options in _FORMS]
    kind, data = min(forms, key=lambda one: len(one[1]))
    return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"


_FORMS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("png", {"optimize": True}),
    ("jpeg", {"quality": _QUALITY}),
)


def _encoded(image: Any, kind: str, options: Mapping[str, Any]) -> bytes:
    file = io.BytesIO()
    image.save(file, format=kind, **options)
    return file.getvalue()


def _draw(axes: Any, panel: Panel, image: Any) -> None:
    import numpy as np

    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    if image is None:
        axes.text(
            0.5,
            0.5,
            panel.why or "no picture",
            ha="center",
            va="center",
            transform=axes.transAxes,
            fontsize=8,
        )
    else:
        axes.imshow(np.asarray(image), interpolation="nearest")


def _image(path: Path, trial: Trial) -> Any:
    from PIL import Image

    if not path.is_file():
        raise NotFoundError(f"trial {trial.id} has left no `{path.name}`")
    try:
        with Image.open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise NotFoundError(f"`{path.name}` of trial {trial.id} is no picture: {error}") from error
