"""Collecting everything that is wrong with a study, each with its place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from orchestrator.messages.errors import Problem

Keys = tuple[str | int, ...]
"""A place in the study file: `("axes", "encoder", 1)`."""

_LONGEST_SHOWN = 120
"""Characters of a wrong value in a message."""

_SHORTENED = re.compile(r" … ([0-9,]+) characters left out, all of it in ")

Locate = Callable[[Keys], str]
"""Says where a place is written, as `file:line`."""


def dotted(keys: Keys) -> str:
    """Return a place as people write it: `axes.encoder[1]`."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.removeprefix(".")


def shown(value: object) -> str:
    """Return a value as the study file spells it."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(shown, value)) + "]"
    return str(value)


def brief(value: object) -> str:
    """Return a value as messages show it: as the study file spells it, the middle of a long one left out."""
    text = shown(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN // 2]}…{text[-20:]}"


def shortened(text: str, most: int, whole: str) -> str:
    """Return a text of about `most` characters: of a longer one head and tail, and where `whole` of it is."""
    if len(text) <= most:
        return text
    head, middle, tail = text[: most - most // 3], text[most - most // 3 : -(most // 3)], text[-(most // 3) :]
    before = sum(int(count.replace(",", "")) for count in _SHORTENED.findall(middle))  # it was longer once
    return f"{head} … {len(middle) + before:,} characters left out, all of it in {whole} … {tail}"


def listed(names: Iterable[object]) -> str:
    """Return names one after the other, each in backticks."""
    return ", ".join(f"`{shown(name)}`" for name in names)


def nearest(name: object, names: Iterable[object], otherwise: str | None = None, *, prefix: str = "") -> str:
    """Return a hint: the allowed name that looks most like the given one, or what is `otherwise` to be said.

    That is, unless it is given, all of the names. `prefix` goes before the name that is meant.
    """
    allowed = [shown(candidate) for candidate in names]
    if close := difflib.get_close_matches(shown(name), allowed, n=1):
        return f"did you mean `{prefix}{close[0]}`?"
    if otherwise is not None:
        return otherwise
    return f"allowed: {listed(allowed)}" if allowed else "there is none to choose from"


@dataclass(slots=True)
class Problems:
    """All problems so far, each told once."""

    where: Locate
    found: list[Problem] = field(default_factory=list)
    _told: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """Place and message -> the paths they were told for."""
    _known: int = 0
    """So many of `found` are in there: others add to that list too."""

    def add(self, keys: Keys, message: str, hint: str | None = None) -> None:
        """Note one problem; an axis that several stages use stands in one line and is told once."""
        problem = Problem(where=self.where(keys), path=dotted(keys), message=message, hint=hint)
        for other in self.found[self._known :]:
            self._told.setdefault((other.where, other.message), []).append(other.path)
        self._known = len(self.found)
        ending = dotted(keys[-2:])
        if not any(path.endswith(ending) for path in self._told.get((problem.where, message), ())):
            self.found.append(problem)
