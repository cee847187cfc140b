"""Tables as values: what was measured, what is missing, what a paper printed, and which trials say so."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.selection import combinations, point_of
from orchestrator.report.statistics import confidence95, mean, sample_std

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.comparison.difference import TestName
    from orchestrator.report.definition import Better, Combine, Spread
    from orchestrator.report.selection import Observation


ABSENT = "not in this study"
Reasons = tuple[tuple[str, int], ...]
AxesPoint = tuple[tuple[str, str], ...]
"""Axes and their values as texts."""
NoteKind = Literal["method", "caution", "source", "state"]
"""How numbers came about; why to read them with care; what a paper leaves open; what is not done yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellComparison:
    """How a cell differs from the one that it is compared to, in the units of the table."""

    to: str
    """What a reader calls the other one, as `sgd`."""
    test: TestName

    pairs: int
    """So many pairs were compared; of an unpaired test the smaller side's values."""
    difference: float
    """This one minus the other."""
    low: float | None = None
    """Lower end of the confidence interval of the difference."""
    high: float | None = None
    p: float | None = None
    """Before correction; None where too few values are there to tell."""
    corrected: float | None = None
    """After correction for all comparisons of the table."""
    effect: float | None = None
    effect_name: str = ""
    """As `Cohen's d_z`."""
    significant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One number with everything that stands behind it, in the units of the table."""

    metric: str
    combined: str = ""
    """What was done with trials that differ in an axis before the mean, as `sum over attribute`."""
    value: float | None = None
    """None where no trial gave one; never 0 for that."""
    std: float | None = None
    """Sample standard deviation over the n values."""
    ci95: float | None = None
    """Half the width of the 95 % confidence interval of the mean."""
    n: int = 0
    missing: int = 0
    """Values that the study plans but that are not there."""
    shared: int = 0
    """Times among them that were measured while other trials ran in the same worker."""
    in_lockstep: int = 0
    """Its trials that were trained in lockstep with others."""
    reasons: Reasons = ()
    """What became of them, as (`failed`, 1)."""
    reference: float | None = None
    """The printed number."""
    trials: tuple[str, ...] = ()
    values: tuple[tuple[str, float], ...] = ()
    """What the mean is over, each with what it is of, as (`seed=0`, 0.651)."""
    items: tuple[tuple[str, float], ...] = field(default=(), repr=False)
    """The same by what trials were tested on, as (`picture=12`, 0.7), where a table compares by that."""
    digits: int | None = 3
    """Decimals shown; None: four significant digits."""
    spread: Spread = "std"
    """What stands behind the ±."""
    better: Better = "none"
    ranked: bool = True
    """Whether it takes part in which one is best."""
    best: bool = False
    """Best of its column, or not separable from that."""
    rank: float | None = None
    """Its place among the ranked cells of its column, from 1; equal values share the mean of theirs."""
    compared: CellComparison | None = None
    sign: str = ""
    """What is set behind the number, raised, where it differs from the one that it is compared to: `*`."""
    unlike: tuple[str, ...] = ()
    """In what its trials are unlike those that it is compared to, as sentences; what it says is withheld."""
    mark: str = ""
    """Letter of a note."""
    text: str = ""
    """What stands there instead of a number: a parameter that is none, the id of a trial."""

    @property
    def around(self) -> float | None:
        """What stands behind the ±; None where nothing does."""
        if self.spread == "sem":
            return None if self.std is None else self.std / math.sqrt(self.n)
        return {"std": self.std, "ci95": self.ci95}.get(self.spread)

    @property
    def ends(self) -> tuple[float, float] | None:
        """The least and the greatest value, where these are shown."""
        found = [value for _, value in self.values]
        return (min(found), max(found)) if self.spread == "range" and len(found) > 1 else None


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
    kind: NoteKind = "caution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What people read."""

    id: str
    title: str
    stage: str
    """The stage of all cells whose row and column name no other."""
    others: tuple[str, ...] = ()
    """Further stages that its rows and columns name."""
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...] = ()
    printed: str = ""
    """Where the reference numbers are printed, as `Table 5.1`."""


def full(path: Sequence[str]) -> str:
    """Return a header in one line."""
    return " / ".join(path)


def measure(
    seen: Sequence[Observation],
    metric: str,
    *,
    scale: float = 1.0,
    combine: Combine | None = None,
    unit: Sequence[str] = ("seed",),
) -> Cell:
    """Return the cell of these trials: one value each, missing ones counted and not replaced.

    Trials that differ only in axes of `combine` give one value together, or none while one of them has none.
    `Cell.values` has one value for each unit: the mean over trials that agree in these axes.
    """
    folds = {point: _scaled(one, scale) for point, one in _folds(seen, metric, combine or {}).items()}
    reasons = Counter(one for one in folds.values() if isinstance(one, str))
    values = {point: one for point, one in folds.items() if not isinstance(one, str)}
    together = len(folds) < len(seen) or ABSENT in reasons
    combined = ", ".join(f"{how} over {axis}" for axis, how in (combine or {}).items()) * together
    cell = averaged(seen, metric, by_unit(values, unit), len(folds), tuple(reasons.items()))
    return replace(
        cell, **_statistics([*values.values()]), combined=combined, missing=len(folds) - len(values)
    )


def _scaled(fold: float | str, scale: float) -> float | str:
    if isinstance(fold, str):
        return fold
    return fold * scale if math.isfinite(fold * scale) else "too large"


def unit_of(seen: Observation, unit: Sequence[str]) -> str:
    """Return what the value of a trial is of, as `seed=0`."""
    return _unit_name(point_of(seen), unit)


def _unit_name(point: AxesPoint, unit: Sequence[str]) -> str:
    return ", ".join(f"{axis}={text}" for axis, text in point if axis in unit)


def by_unit(values: Mapping[AxesPoint, float], unit: Sequence[str]) -> dict[str, float]:
    """Return the mean over values that agree in the axes of a unit, by its name, as `seed=0`."""
    groups: dict[str, list[float]] = {}
    for point, value in values.items():
        name = _unit_name(point, unit)
        groups.setdefault(name, []).append(value)
    return {name: found for name, group in groups.items() if (found := mean(group)) is not None}


def averaged(
    seen: Sequence[Observation], metric: str, values: Mapping[str, float], planned: int, reasons: Reasons
) -> Cell:
    """Return the cell of what these trials gave, by unit, so many values being planned."""
    return replace(
        Cell(
            metric=metric,
            missing=planned - len(values),
            shared=sum(one.sharers > 1 for one in seen) if metric.startswith(TIMING) else 0,
            in_lockstep=sum(one.in_lockstep for one in seen),
            reasons=reasons,
            trials=tuple(one.trial.id for one in seen),
            values=tuple(values.items()),
        ),
        **_statistics([*values.values()]),
    )


def _statistics(values: Sequence[float]) -> dict[str, Any]:
    return {
        "value": mean(values),
        "std": sample_std(values),
        "ci95": confidence95(values),
        "n": len(values),
    }


def _folds(seen: Sequence[Observation], metric: str, combine: Combine) -> dict[AxesPoint, float | str]:
    """Return one value for all trials that agree in every axis that is not combined, or why there is none."""
    groups: dict[AxesPoint, list[Observation]] = {}
    for one in seen:
        itself = () if combine else (("", one.trial.id),)
        groups.setdefault((*point_of(one, combine), *itself), []).append(one)
    members = len(combinations(seen, list(combine))) if combine else 1
    return {point: _folded(group, metric, combine, members) for point, group in groups.items()}


def _folded(group: Sequence[Observation], metric: str, combine: Combine, members: int) -> float | str:
    """Return what trials that differ only in combined axes give together: never a partial sum."""
    values = [value for one in group if (value := value_of(one, metric)) is not None]
    if len(values) < len(group):
        return why_missing(group, metric)[0][0]
    if len(group) < members:
        return ABSENT
    means = [axis for axis, how in combine.items() if how == "mean"]
    return sum(values) / len(combinations(group, means))


def quantity(cell: Cell) -> str:
    """Return what a cell shows, as `val_loss (mean over attribute)`."""
    return f"{cell.metric} ({cell.combined})" if cell.combined else cell.metric


def value_of(seen: Observation, metric: str) -> float | None:
    """Return the metric of a finished trial; None while there is none, or none that is a number."""
    value = (seen.metrics or {}).get(metric)
    return value if value is not None and math.isfinite(value) else None


def why_missing(seen: Sequence[Observation], metric: str) -> Reasons:
    """Return what became of the trials without the metric, and of how many."""
    reasons = Counter(_why(one, metric) for one in seen if value_of(one, metric) is None)
    return tuple(reasons.items())


def _why(seen: Observation, metric: str) -> str:
    if seen.metrics is None:
        return str(seen.state).lower()
    return f"with {metric} = {seen.metrics[metric]}" if metric in seen.metrics else f"without {metric}"


def shown(value: float, digits: int | None) -> str:
    """Return a number as tables print it; without `digits` whole, or to four significant digits."""
    if digits is None:
        return f"{value:,.0f}" if value.is_integer() else f"{value:.4g}"
    return f"{value:,.{digits}f}"


def header_levels(table: Table) -> list[list[tuple[str, int]]]:
    """Return the header's lines from the top: labels, each with the number of columns it spans."""
    depth = max(len(path) for path in table.columns)
    padded = [("",) * (depth - len(path)) + path for path in table.columns]
    lines = [[path[: level + 1] for path in padded] for level in range(depth)]
    return [[(path[-1], len(list(group))) for path, group in groupby(line)] for line in lines]
