"""A stage without a declared table: what its trials differ in, and which metrics are worth a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.messages.errors import NotFoundError
from orchestrator.report.directions import directions, first_of, part_of
from orchestrator.report.selection import Material, Observation, differing
from orchestrator.report.table import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.definition import Better

SEED = "seed"
_LACKING = "-"
"""Label of a row whose trials do not have the axis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainStage:
    """The trials of a stage, parted into what differs and what does not."""

    stage: str
    seen: Sequence[Observation]
    axes: tuple[str, ...]
    """What its trials differ in, the seed aside."""
    groups: Mapping[tuple[str, ...], Sequence[Observation]]
    """Labels of a setting -> its trials, which differ in the seed alone."""
    metrics: tuple[str, ...]
    """Those that are worth a column, the one it is about first."""
    same: Mapping[str, float]
    """Those with one value in all results that have them, where there are several settings."""
    times: tuple[str, ...]
    """Those that are not shown because they are times."""
    first: str | None
    """The metric that it is about; None where nothing tells which of its values are better."""
    better: Mapping[str, Better]
    """Metric -> which of its values is better."""
    told: Mapping[str, Better]
    """What of that the study says; the rest is guessed."""


def plain_stage(stage: str, material: Material, told: Mapping[str, Better]) -> PlainStage:
    """Return what the tables and figures of a stage are about.

    Raises NotFoundError while no trial of the stage has a metric.
    """
    seen = material.some(stage, {})
    names = list(dict.fromkeys(name for one in seen for name in one.metrics or {}))
    if not names:
        raise NotFoundError(f"no trial of stage `{stage}` has a result with a metric yet")
    axes = tuple(differing(seen, (SEED,)))
    groups = _groups(seen, axes, material)
    first, better = first_of(names, told), directions(names, told)
    same = _same(seen, names) if len(groups) > 1 else {}
    same.pop(first or "", None)
    times = [name for name in names if name.startswith(TIMING) and name not in (first, *same)]
    left = [name for name in names if name not in same and name not in times]
    if not left:  # better all of them than none
        left, same, times = names, {}, []
    return PlainStage(
        stage=stage,
        seen=seen,
        axes=axes,
        groups=groups,
        metrics=tuple(sorted(left, key=lambda name: (name != first, better[name] == "none", part_of(name)))),
        same=same,
        times=tuple(times),
        first=first,
        better=better,
        told=told,
    )


def best_trial(plain: PlainStage) -> Observation | None:
    """Return the trial with the best value of the metric that a stage is about, the first of equals."""
    if plain.first is None:
        return None
    sign = -1 if plain.better[plain.first] == "higher" else 1
    known = [(sign * value, one) for one in plain.seen if (value := value_of(one, plain.first)) is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _groups(
    seen: Sequence[Observation], axes: Sequence[str], material: Material
) -> dict[tuple[str, ...], list[Observation]]:
    groups: dict[tuple[str, ...], list[Observation]] = {}
    for one in seen:
        known = {**one.trial.params, **one.trial.axes}
        labels = (material.file.label(axis, known[axis]) if axis in known else _LACKING for axis in axes)
        groups.setdefault(tuple(labels) or ("all",), []).append(one)
    return groups


def _same(seen: Sequence[Observation], names: Sequence[str]) -> dict[str, float]:
    """Return the metrics of which all results that have them, and several do, have one value."""
    found: dict[str, float] = {}
    for name in names:
        values = [one.metrics[name] for one in seen if one.metrics is not None and name in one.metrics]
        if len(values) > 1 and len(set(values)) == 1:
            found[name] = values[0]
    return found
