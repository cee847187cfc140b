"""The trials of a study as rows: a column for each axis, each parameter and each metric."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestrator.study.command import TASK
from orchestrator.study.matrix import comparable, is_among

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.report.selection import Material, Observation

FIRST = ("stage", "trial", "state")
LAST = ("attempts", "seconds", "gpu_hours", "code", "failure")
MEASURED = ("gpu_busy", "gpu_memory_mb")
"""Columns that are there where a trial has something in them; after `gpu_hours`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialRows:
    """One row per trial; what a trial does not have is not in its row."""

    axes: tuple[str, ...]
    """Columns of the axes, those of parameters of the same name and value among them."""
    params: tuple[str, ...]
    """Columns of the other parameters."""
    metrics: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in their order."""
        measured = [name for name in MEASURED if any(name in row for row in self.rows)]
        place = LAST.index("gpu_hours") + 1
        return (*FIRST, *self.axes, *self.params, *self.metrics, *LAST[:place], *measured, *LAST[place:])


def trial_rows(material: Material) -> TrialRows:
    """Return every trial of the plan as a row, in the order of the plan, unfinished ones too.

    An axis and the parameter of its name share a column. Where they differ in a trial, or a name is taken
    otherwise, the later of axis, parameter and metric has a prefix: `axis.code`, `param.lr`, `metric.lr`.
    """
    seen = [one for group in material.stages.values() for one in group]
    taken = {*FIRST, *LAST, *MEASURED}
    axes = _columns("axis", [*(axis for one in seen for axis in one.trial.axes), "seed"], taken)
    shared = axes.keys() - _differing(seen)
    params = _columns("param", (name for one in seen for name in _params(one) if name not in shared), taken)
    metrics = _columns("metric", (name for one in seen for name in one.metrics or {}), taken)
    return TrialRows(
        axes=tuple(axes.values()),
        params=tuple(params.values()),
        metrics=tuple(metrics.values()),
        rows=tuple(_row(one, axes, {**axes, **params}, metrics) for one in seen),
    )


def chosen(rows: TrialRows, wanted: Mapping[str, Sequence[Any]]) -> TrialRows:
    """Return the rows that have one of the wanted values in each column, and the columns of their stages."""
    found = tuple(
        row
        for row in rows.rows
        if all(column in row and is_among(row[column], list(values)) for column, values in wanted.items())
    )
    stages = {row["stage"] for row in found}
    filled = {column for row in rows.rows if row["stage"] in stages for column in row}
    return replace(
        rows,
        axes=tuple(column for column in rows.axes if column in filled),
        params=tuple(column for column in rows.params if column in filled),
        metrics=tuple(column for column in rows.metrics if column in filled),
        rows=found,
    )


def _columns(kind: str, names: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Return name -> column, and take the columns."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        column = name
        while column in taken:
            column = f"{kind}.{column}"
        taken.add(column)
        found[name] = column
    return found


def _differing(seen: Sequence[Observation]) -> set[str]:
    """Return the axes of which a trial has another value than of the parameter of that name."""
    return {
        name
        for one in seen
        for name, value in _axes(one).items()
        if name in one.trial.params and comparable(value) != comparable(one.trial.params[name])
    }


def _axes(one: Observation) -> Mapping[str, Any]:
    return {**one.trial.axes, "seed": one.trial.seed}


def _params(one: Observation) -> Mapping[str, Any]:
    """Return the parameters; of a command what its words refer to, not the words."""
    return {name: value for name, value in one.trial.params.items() if one.trial.task != TASK or name != TASK}


def _row(
    one: Observation, axes: Mapping[str, str], params: Mapping[str, str], metrics: Mapping[str, str]
) -> Mapping[str, Any]:
    return {
        "stage": one.trial.stage,
        "trial": one.trial.id,
        "state": str(one.state),
        **{params[name]: value for name, value in _params(one).items()},
        **{axes[name]: value for name, value in _axes(one).items()},
        **{metrics[name]: value for name, value in (one.metrics or {}).items()},
        "attempts": one.attempts,
        "seconds": one.seconds,
        "gpu_hours": one.gpu_hours,
        **_measured(one),
        **({"code": one.code} if one.code else {}),
        **({"failure": one.failure} if one.failure else {}),
    }


def _measured(one: Observation) -> dict[str, float]:
    """Return how the trial used its GPUs, as far as that was measured."""
    if one.gpu_use is None:
        return {}
    busy = {} if one.gpu_use.busy is None else {"gpu_busy": one.gpu_use.busy}
    return {**busy, "gpu_memory_mb": one.gpu_use.memory}
