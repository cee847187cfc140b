"""Tables as values: what was measured, what is missing, what a paper printed, and which trials say so."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from orchestrator.core.statistics import confidence95, mean, sample_std

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.core.definition import Better
    from orchestrator.core.selection import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number with everything that stands behind it, in the units of the table."""

    metric: str
    value: float | None = None
    """None where no trial gave one; never 0 for that."""
    std: float | None = None
    """Sample standard deviation over the n values."""
    ci95: float | None = None
    """Half the width of the 95 % confidence interval of the mean."""
    n: int = 0
    missing: int = 0
    """Values that the study plans but that are not there."""
    reasons: tuple[tuple[str, int], ...] = ()
    """What became of them, as (`failed`, 1)."""
    reference: float | None = None
    """The printed number."""
    trials: tuple[str, ...] = ()
    digits: int | None = 3
    """Decimals shown; None: four significant digits."""
    spread: bool = True
    better: Better = "none"
    best: bool = False
    mark: str = ""
    """Letter of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: its labels from the outermost to the innermost, and its cells."""

    path: tuple[str, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence under a table; with a mark it belongs to the cells that carry the mark."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What people read."""

    id: str
    title: str
    stage: str
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    printed: str = ""
    """Where the reference numbers are printed, as `Table 5.1`."""


def full(path: Sequence[str]) -> str:
    """Return a header in one line."""
    return " / ".join(path)


def measure(seen: Sequence[Observation], metric: str, *, scale: float = 1.0) -> Cell:
    """Return the cell of these trials: one value each, missing ones counted and not replaced."""
    values = [value * scale for one in seen if (value := value_of(one, metric)) is not None]
    return Cell(
        metric=metric,
        value=mean(values),
        std=sample_std(values),
        ci95=confidence95(values),
        n=len(values),
        missing=len(seen) - len(values),
        reasons=why_missing(seen, metric),
        trials=tuple(one.trial.id for one in seen),
    )


def value_of(seen: Observation, metric: str) -> float | None:
    """Return the metric of a finished trial; None while there is none, or none that is a number."""
    value = (seen.metrics or {}).get(metric)
    return value if value is not None and math.isfinite(value) else None


def why_missing(seen: Sequence[Observation], metric: str) -> tuple[tuple[str, int], ...]:
    """Return what became of the trials without the metric, and of how many."""
    reasons = Counter(
        str(one.state).lower() if one.metrics is None else f"without {metric}"
        for one in seen
        if value_of(one, metric) is None
    )
    return tuple(reasons.items())


def shown(value: float, digits: int | None) -> str:
    """Return a number as tables print it; without `digits` whole, or to four significant digits."""
    if digits is None:
        return f"{value:,.0f}" if value.is_integer() else f"{value:.4g}"
    return f"{value:,.{digits}f}"


def header_levels(table: Table) -> list[list[tuple[str, int]]]:
    """Return the header's lines from the top: labels, each with the number of columns it spans."""
    depth = max(len(path) for path in table.columns)
    padded = [("",) * (depth - len(path)) + path for path in table.columns]
    levels: list[list[tuple[str, int]]] = []
    for level in range(depth):
        groups = groupby(padded, key=lambda path: path[: level + 1])
        sizes = [(path[-1], len(list(group))) for path, group in groups]
        levels.append(sizes)
    return levels
