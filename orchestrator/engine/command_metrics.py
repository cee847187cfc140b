"""Metrics of a program that knows nothing of us: from what it prints, and from the lines that it writes."""

from __future__ import annotations

import csv
import json
import math
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_STEPS = ("step", "global_step", "iteration", "epoch")
"""What a line calls its step, the first of them that it has."""
Logged = tuple[int, dict[str, float]]
"""A step and its metrics."""


class Reading(Protocol):
    """What makes metrics of lines, one after the other."""

    def read(self, lines: Iterable[str]) -> Iterator[Logged]:
        """Yield each step that has metrics."""


class Printed:
    """Metrics by patterns: the group `value`, or the only one, is the number; `step` is its step."""

    def __init__(self, patterns: Mapping[str, str], before: int) -> None:
        """Count the steps of each metric from the one after `before`."""
        self._patterns = {metric: re.compile(pattern) for metric, pattern in patterns.items()}
        self._counts = dict.fromkeys(patterns, before)
        self.missing = set(patterns)
        """Metrics that were not printed yet."""

    def read(self, lines: Iterable[str]) -> Iterator[Logged]:
        """Yield a step for each number that a pattern finds."""
        for line in lines:
            for metric, pattern in self._patterns.items():
                if found := pattern.search(line):
                    groups = found.groupdict()
                    value = as_number(groups.get("value", found[1]))
                    if value is not None:
                        self.missing.discard(metric)
                        yield self._step(metric, groups.get("step")), {metric: value}

    def _step(self, metric: str, given: str | None) -> int:
        step = whole(as_number(given))
        self._counts[metric] = self._counts[metric] + 1 if step is None else step
        return self._counts[metric]


class Lines:
    """Metrics from a file of lines, JSON objects or CSV with names in its first line."""

    def __init__(self, before: int, *, is_csv: bool) -> None:
        """Count lines that do not name their step from the one after `before`."""
        self._count, self._is_csv = before, is_csv
        self._names: list[str] = []

    def read(self, lines: Iterable[str]) -> Iterator[Logged]:
        """Yield the step of each line that has a number; what is no such line is passed over."""
        for line in lines:
            values = numbers(self._row(line) if self._is_csv else _object(line))
            steps = (whole(values[name]) for name in _STEPS if name in values)
            step = next((step for step in steps if step is not None), self._count + 1)
            if metrics := {name: value for name, value in values.items() if name not in _STEPS}:
                self._count = step
                yield step, metrics

    def _row(self, line: str) -> dict[str, Any]:
        cells = next(csv.reader([line]), [])
        if not self._names:
            self._names = cells
            return {}
        return {name: as_number(cell) for name, cell in zip(self._names, cells, strict=False)}


def numbers(values: Any, prefix: str = "") -> dict[str, float]:
    """Return the numbers in a JSON value by their dotted names; what is inside `metrics` has no prefix."""
    if isinstance(values, dict):
        found: dict[str, float] = {}
        for name, value in values.items():
            inside = isinstance(value, dict)
            found |= numbers(
                value, prefix if inside and name == "metrics" else f"{prefix}{name}{'.' * inside}"
            )
        return found
    if isinstance(values, int | float) and not isinstance(values, bool):
        return {prefix: float(values)}
    return {}


def as_number(text: str | None) -> float | None:
    """Return a text as a number; None where it is none."""
    with suppress(TypeError, ValueError):
        return float(text)  # type: ignore[arg-type]  # None raises TypeError
    return None


def whole(number: float | None) -> int | None:
    """Return a number as a step, fractions cut off; None where it is not finite."""
    return int(number) if number is not None and math.isfinite(number) else None


def _object(line: str) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(line)
    return None
