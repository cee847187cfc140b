"""Settings as lines across axes or parameters, the metric last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import text_of
from orchestrator.report.figures.cells import direction, no_value
from orchestrator.report.page.charts import parallel_chart
from orchestrator.report.searches.figure_data import ParallelLines
from orchestrator.report.searches.parameter_axis import ParameterAxis, axis_of
from orchestrator.report.selection import point_of
from orchestrator.report.statistics import mean
from orchestrator.report.table import value_of
from orchestrator.study.matrix import comparable
from orchestrator.study.searches.tree import at, has

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.figures.definitions import Direction, ParallelDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material, Observation

_FEW = 6
"""Numbers that are so few stand side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel:
    """A figure of parallel coordinates; the last axis is the metric."""

    definition: ParallelDefinition
    lines: ParallelLines
    better: Direction
    notes: tuple[str, ...]

    @property
    def measured(self) -> str:
        """What the lines end at."""
        return self.definition.metric_label or self.definition.metric


def parallel(definition: ParallelDefinition, material: Material) -> Parallel:
    """Return the lines, the best last, so on top; NotFoundError where no trial has the metric."""
    seen = material.some(material.stage(definition.stage), definition.where)
    material.check_axes(definition.aggregate if definition.aggregate != ["seed"] else [])
    for name in definition.over:
        _check(name, seen, material)
    groups: dict[tuple[tuple[str, str], ...], list[Observation]] = {}
    for one in seen:
        itself = () if definition.aggregate else (("trial", one.trial.id),)
        groups.setdefault((*point_of(one, definition.aggregate), *itself), []).append(one)
    found = [
        (values_of(group[0], definition.over, material), value)
        for group in groups.values()
        if (value := _mean(group, definition)) is not None
    ]
    if not found:
        raise no_value([definition.metric], seen)
    better: Direction = "lower" if direction(definition.better, definition.metric) == "lower" else "higher"
    return Parallel(
        definition=definition,
        lines=_lines(found, definition, better),
        better=better,
        notes=(
            *_notes(definition, seen, len(found)),
            *map(material.reference.footnote, definition.footnotes),
        ),
    )


def parallel_figure_chart(shown: Parallel) -> Chart:
    """Return what the page draws."""
    lines = shown.lines
    best = ", ".join(
        f"{axis.name} {axis.told(place)}"
        for axis, place in zip(lines.axes[:-1], lines.lines[-1], strict=False)
        if place is not None
    )
    names = ", ".join(axis.name for axis in lines.axes[:-1])
    says = (
        f"{len(lines.lines)} lines across {names}, coloured by {shown.measured}. "
        f"The best ends at {lines.values[-1]:.4g}: {best}. The worst ends at {lines.values[0]:.4g}."
    )
    chart = parallel_chart(lines, shown.measured, more=shown.better == "higher")
    drawn, total = len(chart["lines"]), len(lines.lines)
    told = f"Of {total} lines the best {drawn} are drawn here." if drawn < total else ""
    return {**chart, "says": says, "told": told}


def values_of(seen: Observation, names: Sequence[str], material: Material) -> dict[str, Any]:
    """Return the values of axes, else of parameters, as far as a trial has them, by their labels."""
    trial = seen.trial
    axes = {name: _labelled(name, trial.axes[name], material) for name in names if name in trial.axes}
    params = {name: at(trial.params, name) for name in names if name not in axes and has(trial.params, name)}
    return axes | params


def _labelled(axis: str, value: Any, material: Material) -> Any:
    label = material.file.label(axis, value)
    return value if label == text_of(value) else label


def _axis(name: str, given: Sequence[Any]) -> ParameterAxis:
    """Return the axis of values; few numbers, as those of a grid, stand side by side, ascending."""
    found = axis_of(name, given)
    few = {comparable(value): value for value in given}
    if found.listed or len(few) > _FEW:
        return found
    return ParameterAxis(name=name, listed=tuple(sorted(few.values())))


def _check(name: str, seen: Sequence[Observation], material: Material) -> None:
    if not any(values_of(one, [name], material) for one in seen):
        known = sorted({known for one in seen for known in (*one.trial.axes, *one.trial.params)})
        raise NotFoundError(
            f"no trial has an axis or a parameter `{name}`",
            hint=nearest(name, known, f"there are: {', '.join(known)}"),
        )


def _mean(group: Sequence[Observation], definition: ParallelDefinition) -> float | None:
    values = [value for one in group if (value := value_of(one, definition.metric)) is not None]
    found = mean(values)
    return None if found is None else found * definition.scale


def _lines(
    found: Sequence[tuple[Mapping[str, Any], float]], definition: ParallelDefinition, better: Direction
) -> ParallelLines:
    ranked = sorted(found, key=lambda one: one[1] if better == "higher" else -one[1])
    axes = [_axis(name, [values[name] for values, _ in found if name in values]) for name in definition.over]
    last = axis_of(definition.metric_label or definition.metric, [value for _, value in found])
    return ParallelLines(
        axes=(*axes, last),
        lines=tuple(
            (*(_place(axis, values) for axis in axes), last.place(value)) for values, value in ranked
        ),
        values=tuple(value for _, value in ranked),
    )


def _place(axis: ParameterAxis, values: Mapping[str, Any]) -> float | None:
    return axis.place(values[axis.name]) if axis.name in values else None


def _notes(definition: ParallelDefinition, seen: Sequence[Observation], lines: int) -> list[str]:
    over = ", ".join(definition.aggregate)
    notes = [
        f"{lines} lines, each the mean of a setting over {over}." if over else f"{lines} lines, a trial each."
    ]
    missing = sum(value_of(one, definition.metric) is None for one in seen)
    return notes + [f"{missing} of {len(seen)} trials have no {definition.metric} and no part in it."] * bool(
        missing
    )
