"""Learning curves as values, before anything is drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import listed
from orchestrator.report.definition import text_of
from orchestrator.report.selection import Material, Observation, combinations, differing, having

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.figures.definitions import CurvesDefinition

Track = tuple[tuple[int, float], ...]
"""(step, value), steps ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One curve: a line per seed."""

    label: str
    color: int
    """Position of the first axis's value: the same in every figure of the study."""
    dash: int
    """Position of the second axis's value."""
    lines: tuple[Track, ...]
    trials: tuple[str, ...]
    going_on: int = 0
    """How many of its trials are not finished."""

    def mean(self) -> Track:
        """Return the mean over seeds, as far as every seed goes: later it would jump where one ends."""
        known = [dict(line) for line in self.lines if line]
        shared = sorted(set.intersection(*(set(line) for line in known))) if known else []
        return tuple((step, sum(line[step] for line in known) / len(known)) for step in shared)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """A figure of learning curves."""

    definition: CurvesDefinition
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


def curves(definition: CurvesDefinition, material: Material) -> Curves:
    """Return the learning curves the definition declares; unfinished trials as far as they go.

    Raises NotFoundError where the study has nothing for it.
    """
    called = definition.metrics or {definition.metric or "": ""}
    series = [
        _series(definition, material, values, seen, (place, metric))
        for values, seen in _groups(definition, material)
        for place, metric in enumerate(called)
    ]
    if not any(one.lines for one in series):
        raise NotFoundError(f"no trial has logged {listed([*called])} yet")
    notes = (*_curve_notes(series), *map(material.reference.footnote, definition.footnotes))
    return Curves(definition=definition, series=tuple(series), notes=notes)


def _series(
    definition: CurvesDefinition,
    material: Material,
    values: Mapping[str, object],
    seen: Sequence[Observation],
    measured: tuple[int, str],
) -> Series:
    """Return the curve of some trials; `measured` is the metric with its place among those of the figure."""
    place, metric = measured
    lines = [_line(material.history(one.trial), metric) for one in seen]
    places = [_place(definition, material, axis, value) for axis, value in values.items()]
    names = [definition.metrics.get(metric, ""), _label(material, values)]
    color, dash, *_ = [*([place] if definition.metrics else []), *places, 0, 0]
    return Series(
        label=", ".join(filter(None, names)) or definition.stage,
        color=color,
        dash=dash,
        lines=tuple(line for line in lines if line),
        trials=tuple(one.trial.id for one in seen),
        going_on=sum(one.metrics is None for one in seen),
    )


def _groups(
    definition: CurvesDefinition, material: Material
) -> list[tuple[dict[str, object], list[Observation]]]:
    stage = material.stage(definition.stage)
    material.check_axes(definition.series)
    seen = material.some(stage, definition.where)
    groups = [(values, having(seen, values)) for values in combinations(seen, definition.series)]
    for values, group in groups:
        if axes := [axis for axis in differing(group, ("seed",)) if axis in group[0].trial.axes]:
            raise NotFoundError(
                f"`{_label(material, values)}`: {len(group)} trials differ in `{'`, `'.join(axes)}`",
                hint=f"name `{'`, `'.join(axes)}` in `series` or in `where`",
            )
    return groups


def _place(definition: CurvesDefinition, material: Material, axis: str, value: object) -> int:
    stage = material.stage(definition.stage)
    values = dict.fromkeys(text_of(one.trial.axes.get(axis)) for one in material.stages[stage])
    return list(values).index(text_of(value))


def _label(material: Material, values: Mapping[str, object]) -> str:
    return ", ".join(material.file.label(axis, value) for axis, value in values.items())


def _line(steps: Mapping[int, Mapping[str, float]], metric: str) -> Track:
    return tuple((step, values[metric]) for step, values in sorted(steps.items()) if metric in values)


def _curve_notes(series: Sequence[Series]) -> list[str]:
    most = max(len(one.lines) for one in series)
    notes = [] if most < 2 else ["Thin: one line per seed; thick: their mean, as far as every seed goes."]
    lines = [line for one in series for line in one.lines]
    broken = sum(not all(math.isfinite(value) for _, value in line) for line in lines)
    if broken:
        notes.append(f"Gaps: in {broken} of {len(lines)} curves values are not finite.")
    groups = {one.trials: one.going_on for one in series}  # each has a curve for every metric
    unfinished, total = sum(groups.values()), sum(map(len, groups))
    return [*notes, *([f"{unfinished} of {total} trials are not finished."] if unfinished else [])]
