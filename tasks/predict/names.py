"""What trials are called beside each other, and by which of their metrics they are judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tasks.predict.finished import Finished

FIRST = ("stage", "task")
"""Traits that are shown by their value alone."""
SHOWN_METRICS = 3
_JUDGED = re.compile(
    r"(?:(test|val)_)?(acc|accuracy|m?iou|dice|top\d|f1|auc|precision|recall|error|r?mse|mae|loss)"
)


def tell_apart(traits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a name for each trial, of as few traits as tell them apart; what does not differ shares one.

    A trait is taken where it tells apart more trials than those before it.
    """
    taken: list[str] = []
    apart = 1
    for trait in dict.fromkeys(trait for one in traits for trait in one):
        told = len({_key(one, [*taken, trait]) for one in traits})
        if told > apart:
            taken.append(trait)
            apart = told
    begun = [trait for trait in FIRST if any(trait in one for one in traits)]
    return [
        " ".join(_said(one, [*begun, *(trait for trait in taken if trait not in begun)])) for one in traits
    ]


def judged_by(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return the few metrics that say how good a trial is: of its test first, losses last.

    Where no name is one that is known, the first few.
    """
    known = {name: match for name in metrics if (match := _JUDGED.fullmatch(name))}
    parts = ("test", "val", None)
    order = sorted(known, key=lambda name: (parts.index(known[name][1]), known[name][2] == "loss"))
    return {name: metrics[name] for name in (order or list(metrics))[:SHOWN_METRICS]}


def notes_of(trials: Sequence[Finished]) -> Iterator[str]:
    """Yield what is to be known of trials, each once: with their names where it is not so of all."""
    for note in dict.fromkeys(note for trial in trials for note in trial.notes):
        named = [trial.name for trial in trials if note in trial.notes]
        yield note if len(named) == len(trials) else f"{', '.join(named)}: {note}"


def _key(traits: Mapping[str, Any], taken: Sequence[str]) -> tuple[str, ...]:
    return tuple(repr(traits.get(trait)) for trait in taken)


def _said(traits: Mapping[str, Any], taken: Sequence[str]) -> list[str]:
    return [
        str(traits[trait]) if trait in FIRST else f"{trait}={_shown(traits[trait])}"
        for trait in taken
        if traits.get(trait) is not None
    ]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_shown, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
