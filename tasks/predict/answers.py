"""From pictures to answers in files: one JSON file per picture, and its mask and cut-out as PNG."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from tasks.data.images import UNREADABLE, eight_bits
from tasks.predict.finished import NoAnswerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Prediction, Predictor
    from tasks.predict.finished import Finished

SHOWN_ANSWERS = 3
LARGEST = 50_000_000  # pixels: a few of them in memory at a time, and their masks
LONGEST_STEM = 50  # letters of up to 4 bytes; most file systems end a name after 255 bytes


def read_picture(path: Path) -> Pixels:
    """Read a picture upright, as its camera held it, of an animation the first: uint8 [H, W, 3].

    Raises NoAnswerError for what is no picture, and for one with more pixels than LARGEST.
    """
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            if width * height > LARGEST:
                raise NoAnswerError(
                    f"`{shown(path)}` has {width}x{height} pixels, more than {LARGEST:,}\n"
                    "hint: make it smaller; networks see far fewer pixels anyway"
                )
            return np.array(eight_bits(ImageOps.exif_transpose(picture)).convert("RGB"))
    except FileNotFoundError as error:
        raise NoAnswerError(f"`{shown(path)}` is not there") from error
    except IsADirectoryError as error:
        raise NoAnswerError(f"`{shown(path)}` is a folder: name the pictures in it") from error
    except UNREADABLE as error:
        reason = "no format that is known" if isinstance(error, UnidentifiedImageError) else error
        raise NoAnswerError(f"`{shown(path)}` cannot be read as a picture: {reason}") from error


def check_pictures(paths: Sequence[Path]) -> None:
    """Raise NoAnswerError that names all pictures that cannot be read."""
    problems = [problem for path in paths if (problem := _problem(path))]
    if problems:
        count = f"{len(problems)} of {len(paths)} pictures cannot be used, nothing was written:"
        hint = "hint: leave them out, or mend them, and type the same again"
        raise NoAnswerError("\n".join([count, *(f"  {problem}" for problem in problems), hint]))


def stems(paths: Sequence[Path]) -> list[str]:
    """Return for each picture how its files begin: by its own name, without what could leave the folder.

    No two are the same, also where capital letters make no difference.
    """
    taken: set[str] = set()
    return [_free_stem(path, taken) for path in paths]


def ask(trial: Finished, predictor: Predictor, picture: Pixels) -> Prediction:
    """Return what a trial says about a picture; NoAnswerError for an answer that cannot be one."""
    prediction = predictor(picture)
    for name, found in (("mask", prediction.mask), ("cutout", prediction.cutout)):
        if found is not None and found.shape[:2] != picture.shape[:2]:
            sizes = " and ".join(f"{shape[1]}x{shape[0]}" for shape in (found.shape, picture.shape))
            raise NoAnswerError(
                f"`{name}` of task `{trial.task}` and its picture differ in size: {sizes} (width x height)\n"
                "hint: let its `predictor` answer at the size of the picture it is given"
            )
    return prediction


def write(prediction: Prediction, picture: Path, trial: Finished, out: Path, stem: str) -> dict[str, Any]:
    """Write `STEM.json`, `STEM_mask.png` and `STEM_cutout.png` into `out`; return what the JSON file says."""
    mask, cutout = prediction.mask, prediction.cutout
    record = {
        "image": str(picture),
        "trial": trial.id,
        "task": trial.task,
        "scores": finite_scores(prediction),
        "mask": None if mask is None else str(out / f"{stem}_mask.png"),
        "mask_share": None if mask is None else float(mask.mean()),
        "cutout": None if cutout is None else str(out / f"{stem}_cutout.png"),
        "file": str(out / f"{stem}.json"),
    }
    if mask is not None:
        Image.fromarray(mask.astype(np.uint8) * 255).save(out / f"{stem}_mask.png")
    if cutout is not None:
        Image.fromarray(cutout).save(out / f"{stem}_cutout.png")
    (out / f"{stem}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="ascii")
    return record


def finite_scores(prediction: Prediction) -> dict[str, dict[str, float | None]]:
    """Return question -> answer -> score, None where that is not a number."""
    return {
        question: {answer: _finite(float(value)) for answer, value in answers.items()}
        for question, answers in prediction.scores.items()
    }


def best_of(scores: Mapping[str, float | None], count: int) -> list[tuple[str, float]]:
    """Return the likeliest answers with their scores, the first first; those that are not numbers never."""
    known = [(answer, value) for answer, value in scores.items() if value is not None]
    return sorted(known, key=lambda one: one[1], reverse=True)[:count]


def line(record: Mapping[str, Any]) -> str:
    """Return an answer as one line for a person."""
    parts = [f"{question} {_best(answers)}" for question, answers in record["scores"].items()]
    if record["mask"]:
        parts.append(f"mask covers {record['mask_share']:.1%}")
    return shown(f"{record['image']}: {'; '.join([*parts, record['file']])}")


def shown(text: Path | str) -> str:
    """Return text as it may be printed: a name can hold anything, line breaks and colour codes included."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text))


def _problem(path: Path) -> str | None:
    try:
        read_picture(path)
    except NoAnswerError as error:
        return str(error)
    return None


def _free_stem(path: Path, taken: set[str]) -> str:
    plain = re.sub(r"[^\w.-]+", "_", path.stem).strip(".-")[:LONGEST_STEM] or "picture"
    stem, number = plain, 1
    while stem.lower() in taken:
        number += 1
        stem = f"{plain}-{number}"
    taken.add(stem.lower())
    return stem


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None  # JSON has no word for a network that diverged


def _best(answers: Mapping[str, float | None]) -> str:
    best = best_of(answers, SHOWN_ANSWERS)
    return ", ".join(f"{answer} {value:.2f}" for answer, value in best) or "has no answer: not a number"
