"""What several trials say about one picture, side by side, as HTML: a card for each."""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import numpy as np
from PIL import Image

from tasks.predict.names import judged_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tasks.data.images import Pixels
    from tasks.parts.prediction import Prediction
    from tasks.predict.finished import Finished

SHOWN_ANSWERS = 5
LONGEST_SIDE = 480  # pixels of mask and cut-out on the page; files have them whole
_HERE = Path(__file__).parent
STYLE = (_HERE / "page.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one trial said, and how long it took; or why it did not."""

    found: Prediction | None = None
    seconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer with its score, from 0 to 1; None where it is not a number."""

    answer: str
    score: float | None


def environment() -> jinja2.Environment:
    """Return the templates of this folder; whatever is put into them is escaped."""
    made = jinja2.Environment(loader=jinja2.FileSystemLoader(_HERE), autoescape=True, trim_blocks=True)
    made.filters["number"] = shown_number
    return made


def cards(trials: Sequence[Finished], answers: Sequence[Answered | None]) -> str:
    """Return the cards of the trials; None is an answer that is still awaited."""
    shared = [note for note in trials[0].notes if all(note in trial.notes for trial in trials)]
    shown = [_card(trial, answer, shared) for trial, answer in zip(trials, answers, strict=True)]
    return environment().get_template("cards.html").render(cards=shown, shared=shared)


def bars(scores: Mapping[str, Mapping[str, float]]) -> dict[str, list[Bar]]:
    """Return the bars of each question; questions of yes or no share one list, with a bar for each yes."""
    found: dict[str, list[Bar]] = {}
    for question, answers in scores.items():
        if answers.keys() == {"no", "yes"}:
            found.setdefault("", []).append(Bar(question, _known(answers["yes"])))
            continue
        # those that are not numbers come last, and are shown as such
        ordered = sorted(answers, key=lambda answer: _order(answers[answer]), reverse=True)
        found[question] = [Bar(answer, _known(answers[answer])) for answer in ordered[:SHOWN_ANSWERS]]
    return found


def shown_number(value: float) -> str:
    """Return a metric as it is read: four digits."""
    return f"{value:.4g}"


def as_data(picture: Pixels) -> str:
    """Return a picture, uint8 [H, W] or [H, W, 3], as an address that holds it; a large one smaller."""
    drawn = Image.fromarray(picture)
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    file = io.BytesIO()
    drawn.save(file, "png")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"


def _card(trial: Finished, answer: Answered | None, shared: Sequence[str]) -> dict[str, Any]:
    found = answer.found if answer else None
    return {
        "trial": trial,
        "notes": [note for note in trial.notes if note not in shared],
        "judged": judged_by(trial.metrics),
        "answer": answer,
        "bars": bars(found.scores) if found else {},
        "pictures": _pictures(found) if found else [],
    }


def _pictures(found: Prediction) -> list[tuple[str, str, str]]:
    """Return title, description and address of what was drawn."""
    shown = []
    if found.mask is not None:
        share = f"{found.mask.mean():.1%} of the picture"
        shown.append(("mask", share, as_data(found.mask.astype(np.uint8) * 255)))
    if found.cutout is not None:
        shown.append(("cut-out", "all else is black", as_data(found.cutout)))
    return shown


def _known(score: float) -> float | None:
    return min(1.0, max(0.0, score)) if math.isfinite(score) else None


def _order(score: float) -> float:
    return score if math.isfinite(score) else -math.inf
