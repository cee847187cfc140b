"""A point for each trial, or for each setting, by two of its numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import text_of
from orchestrator.report.figures.cells import MOST_COLORS, no_value
from orchestrator.report.page.trial_details import evenly, rounded
from orchestrator.report.selection import combinations, having, point_of, settings
from orchestrator.report.statistics import mean
from orchestrator.report.table import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.figures.definitions import Quantity, ScatterDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material, Observation

_MOST_MARKS = 2000
"""The eye tells no more apart, and a browser draws as many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """The points of one series."""

    label: str
    color: int
    """Position of the first axis's value."""
    form: int
    """Position of the second axis's value."""
    points: tuple[tuple[float, float, str], ...]
    """Both numbers, and what the point is of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """A figure of points."""

    definition: ScatterDefinition
    clouds: tuple[Cloud, ...]
    notes: tuple[str, ...]


def scatter(definition: ScatterDefinition, material: Material) -> Scatter:
    """Return the points; NotFoundError where no trial has both numbers."""
    material.check_axes([*definition.series, *definition.aggregate])
    seen = material.some(material.stage(definition.stage), definition.where)
    sides = [_sides(seen, side, material) for side in (definition.x, definition.y)]
    places = {
        axis: [text_of(values.get(axis)) for values in combinations(seen, [axis])]
        for axis in definition.series
    }
    if definition.series and (count := len(places[definition.series[0]])) > MOST_COLORS:
        raise NotFoundError(
            f"`{definition.series[0]}` has {count} values, more than the {MOST_COLORS} colours"
            " that can be told apart",
            hint="choose some by `where`, or colour by another axis",
        )
    clouds = []
    for values in combinations(seen, definition.series):
        at = [places[axis].index(text_of(values.get(axis))) for axis in definition.series]
        clouds.append(
            Cloud(
                label=", ".join(material.file.label(axis, value) for axis, value in values.items()),
                color=at[0] if at else 0,
                form=at[1] if len(at) > 1 else 0,
                points=_points(having(seen, values), sides, definition),
            )
        )
    if not any(one.points for one in clouds):
        raise no_value([definition.x.name, definition.y.name], seen)
    notes = (*_notes(definition, seen, sides), *map(material.reference.footnote, definition.footnotes))
    return Scatter(definition=definition, clouds=tuple(clouds), notes=notes)


def scatter_chart(shown: Scatter) -> Chart:
    """Return what the page draws."""
    definition = shown.definition
    total = sum(len(one.points) for one in shown.clouds)
    most = max(1, round(_MOST_MARKS / len(shown.clouds)))
    named = [one.label for one in shown.clouds if one.label]
    colours = f", coloured by {definition.series[0]} ({', '.join(named[:6])})" if named else ""
    best = max((point for one in shown.clouds for point in one.points), key=lambda point: point[1])
    told = f"Of {total} points {_MOST_MARKS} are drawn here." if total > _MOST_MARKS else ""
    return {
        "kind": "scatter",
        "says": f"{total} points of {definition.y.title} against {definition.x.title}{colours}. "
        f"The highest {best[1]:.4g}, at {best[0]:.4g}.",
        "told": told, "x": definition.x.title, "y": definition.y.title,
        "clouds": [
            {
                "label": one.label,
                "color": one.color,
                "form": one.form,
                "points": [[rounded(x), rounded(y), what] for x, y, what in evenly(one.points, max(2, most))],
            }
            for one in shown.clouds
        ],
    }  # fmt: skip


def _sides(seen: Sequence[Observation], side: Quantity, material: Material) -> dict[str, float]:
    """Return the number of each trial that has one, by its id; NotFoundError where none can have it."""
    if not any(side.name in (one.metrics or {}) for one in seen):
        if not any(side.name in one.trial.params for one in seen):
            raise _unknown(side.name, seen)
        seen = settings(seen, side.name, material)
    found = {one.trial.id: value_of(one, side.name) for one in seen}
    return {trial: value * side.scale for trial, value in found.items() if value is not None}


def _unknown(name: str, seen: Sequence[Observation]) -> NotFoundError:
    known = {known for one in seen for known in (*(one.metrics or {}), *one.trial.params)}
    if all(one.metrics is None for one in seen):
        return NotFoundError(f"no trial has a value of `{name}` yet")
    hint = nearest(name, sorted(known), f"there are: {', '.join(sorted(known))}")
    return NotFoundError(f"no trial has a metric or a parameter `{name}`", hint=hint)


def _points(
    seen: Sequence[Observation], sides: Sequence[dict[str, float]], definition: ScatterDefinition
) -> tuple[tuple[float, float, str], ...]:
    groups: dict[tuple[tuple[str, str], ...], list[Observation]] = {}
    for one in seen:
        if all(one.trial.id in side for side in sides):
            itself = () if definition.aggregate else (("trial", one.trial.id),)
            groups.setdefault((*point_of(one, definition.aggregate), *itself), []).append(one)
    found = []
    for point, group in groups.items():
        x, y = (mean([side[one.trial.id] for one in group]) for side in sides)
        if x is not None and y is not None:
            of = f"mean of {len(group)}" if definition.aggregate else ""
            told = ", ".join([f"{axis} {value}" for axis, value in point if axis not in definition.where])
            found.append((x, y, " · ".join(filter(None, (told, of)))))
    return tuple(found)


def _notes(
    definition: ScatterDefinition, seen: Sequence[Observation], sides: Sequence[dict[str, float]]
) -> list[str]:
    axes = ", ".join(definition.aggregate)
    notes = [f"A point for each setting: the mean over {axes}." if axes else "A point for each trial."]
    missing = [one for one in seen if not all(one.trial.id in side for side in sides)]
    if missing:
        why = Counter(
            "without a value" if one.metrics is not None else str(one.state).lower() for one in missing
        )
        told = ", ".join(f"{count} {reason}" for reason, count in why.items())
        notes.append(f"{len(missing)} of {len(seen)} trials have no point ({told}).")
    return notes
