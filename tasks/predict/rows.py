"""A row of the table of a folder: what one trial says about one picture, and the files that belong to it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from tasks.predict import answers
from tasks.predict.finished import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Mask, Pixels
    from tasks.parts.prediction import Prediction, Predictor
    from tasks.predict.finished import Finished

THUMBNAILS = "thumbnails"
THUMBNAIL_SIDE = 128
_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would compute."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a folder."""

    path: Path
    name: str  # its path inside the folder
    stem: str  # how the files that belong to it begin


@dataclass(frozen=True, slots=True)
class Asked:
    """A trial, ready to be asked."""

    trial: Finished
    predictor: Predictor


def questions(first: Sequence[Prediction]) -> list[str]:
    """Return what trials answer, in their order, of a first answer of each."""
    return list(dict.fromkeys(question for found in first for question in found.scores))


def columns(first: Sequence[Prediction], labelled: Sequence[str] = ()) -> list[str]:
    """Return the columns of the table, the same for all rows, of a first answer of each trial."""
    answered = [f"{kind}_{question}" for question in questions(first) for kind in ("answer", "score")]
    judged = [f"label_{question}" for question in labelled]
    masks = ["mask_share", "mask", "overlay"] if any(found.mask is not None for found in first) else []
    cutouts = ["cutout"] if any(found.cutout is not None for found in first) else []
    files = [*masks, *cutouts, "thumbnail"]
    return ["picture", "trial", "name", *answered, *judged, *files, "seconds", "problem"]


def thumbnail(picture: Picture, pixels: Pixels | NoAnswerError, out: Path) -> str:
    """Write a small form of a picture into `out` and return its name; empty for one that cannot be read."""
    if isinstance(pixels, NoAnswerError):
        return ""
    return _shrunk(pixels, out, f"{THUMBNAILS}/{picture.stem}.jpg")


def make(picture: Picture, pixels: Pixels | NoAnswerError, asked: Asked, out: Path) -> dict[str, Any]:
    """Ask, write mask and cut-out into `out`, and return the row; files are named from `out`.

    `scores` holds every score, `answer_QUESTION` the likeliest answer. What is wrong stands in `problem`.
    """
    row: dict[str, Any] = {"picture": picture.name, "trial": asked.trial.id, "name": asked.trial.name}
    if isinstance(pixels, NoAnswerError):
        return {**row, "scores": {}, "problem": _first_line(pixels)}
    begun = time.perf_counter()
    try:
        found = answers.ask(asked.trial, asked.predictor, pixels)
    except (NoAnswerError, ValueError, RuntimeError) as error:
        return {**row, "scores": {}, "problem": _first_line(error)}
    seconds = round(time.perf_counter() - begun, 4)
    scores = answers.finite_scores(found)
    likeliest = {f"answer_{question}": answers.best_of(known, 1) for question, known in scores.items()}
    return {
        **row,
        **{column: best[0][0] for column, best in likeliest.items() if best},
        **{f"score_{column[7:]}": round(best[0][1], 4) for column, best in likeliest.items() if best},
        **_files(found, pixels, picture.stem, asked.trial.id[:8], out),
        "seconds": seconds,
        "scores": scores,
        "problem": "",
    }


def as_cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as cells, in which no text is one that a spreadsheet would compute."""
    return {column: _plain(value) if isinstance(value, str) else value for column, value in row.items()}


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_COMPUTED) else text


def _files(found: Prediction, pixels: Pixels, stem: str, folder: str, out: Path) -> dict[str, Any]:
    """Write mask, cut-out and what is looked at; return their columns."""
    files: dict[str, Any] = {}
    if found.mask is not None:
        files["mask_share"] = round(float(found.mask.mean()), 4)
        files["mask"] = _saved(found.mask.astype(np.uint8) * 255, out, f"{folder}/{stem}_mask.png")
        files["overlay"] = _shrunk(_dimmed(pixels, found.mask), out, f"{THUMBNAILS}/{folder}/{stem}.jpg")
    if found.cutout is not None:
        files["cutout"] = _saved(found.cutout, out, f"{folder}/{stem}_cutout.png")
    return files


def _saved(pixels: Pixels, out: Path, name: str) -> str:
    (out / name).parent.mkdir(exist_ok=True)
    Image.fromarray(pixels).save(out / name)
    return name


def _shrunk(pixels: Pixels, out: Path, name: str) -> str:
    (out / name).parent.mkdir(parents=True, exist_ok=True)
    drawn = Image.fromarray(pixels)
    drawn.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    drawn.save(out / name, quality=85)
    return name


def _dimmed(pixels: Pixels, mask: Mask) -> Pixels:
    """Return a picture with everything outside its mask dark."""
    return np.where(mask[:, :, None], pixels, pixels // 5)


def _first_line(error: Exception) -> str:
    return answers.shown(str(error).partition("\n")[0]) or type(error).__name__
