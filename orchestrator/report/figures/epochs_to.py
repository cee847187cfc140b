"""How many epochs trials take until what they log first reaches a score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import Line
from orchestrator.report.figures.cells import axis_label, check_colors, direction, layout_of
from orchestrator.report.page.trial_details import evenly
from orchestrator.report.table import full, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.report.figures.definitions import Direction, EpochsToDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material, Observation

_MOST_MARKS = 2000
"""The eye tells no more apart, and a browser draws as many at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Trials that stand together, and when each of them reached the score."""

    row: str
    column: str
    steps: tuple[tuple[int, str], ...]
    """The first step, ascending, and of which trial, as (12, `seed=0`)."""
    never: int = 0
    """Finished trials that have logged the metric and did not reach the score."""
    waiting: int = 0
    """Trials that are not finished and have not reached it yet."""
    silent: int = 0
    """Finished trials that have not logged the metric."""

    @property
    def median(self) -> float | None:
        """The step by which half of the finished trials were there; None where fewer than half ever were.

        Those that never reach the score count as later than all others.
        """
        count = len(self.steps) + self.never
        places = [(count - 1) // 2, count // 2]
        if not count or places[1] >= len(self.steps):
            return None
        return (self.steps[places[0]][0] + self.steps[places[1]][0]) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochsTo:
    """A figure of steps until a score."""

    definition: EpochsToDefinition
    better: Direction
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    groups: tuple[Reached, ...]
    """Of each column its rows."""
    notes: tuple[str, ...]

    @property
    def across(self) -> str:
        """What stands below it."""
        return axis_label(self.definition.x_label, self.definition.columns)

    @property
    def up(self) -> str:
        """What is counted."""
        sign = "≥" if self.better == "higher" else "≤"
        name = self.definition.metric_label or self.definition.metric
        return f"{self.definition.y_label} until {name} {sign} {self.definition.reaches:g}"


def epochs_to(definition: EpochsToDefinition, material: Material) -> EpochsTo:
    """Return when trials reached the score; NotFoundError where none has logged the metric."""
    rows = definition.rows or [Line(label=definition.metric)]
    found = layout_of(definition, rows, definition.columns, definition.metric, material)
    check_colors(found.rows, rows)
    better: Direction = "lower" if direction(definition.better, definition.metric) == "lower" else "higher"
    asked = _Asked(definition=definition, better=better, material=material)
    groups = tuple(
        asked.reached(full(row.path), full(column.path), seen[place])
        for place, column in enumerate(found.columns)
        for row, seen in zip(found.rows, found.seen, strict=True)
    )
    if not any(one.steps or one.never for one in groups):
        raise _not_logged(
            definition.metric, [one for line in found.seen for seen in line for one in seen], material
        )
    return EpochsTo(
        definition=definition,
        better=better,
        rows=tuple(full(row.path) for row in found.rows),
        columns=tuple(full(column.path) for column in found.columns),
        groups=groups,
        notes=(*_notes(groups), *map(material.reference.footnote, definition.footnotes)),
    )


def epochs_to_chart(shown: EpochsTo) -> Chart:
    """Return what the page draws."""
    never = sum(one.never for one in shown.groups)
    total = sum(len(one.steps) + one.never + one.waiting + one.silent for one in shown.groups)
    known = sorted((one.median, _name(one, shown)) for one in shown.groups if one.median is not None)
    ends = (
        f" Fastest {known[0][1]} ({known[0][0]:g}), slowest {known[-1][1]} ({known[-1][0]:g})."
        if len(known) > 1
        else ""
    )
    room = max(2, _MOST_MARKS // len(shown.groups))
    thinned = any(len(one.steps) > room for one in shown.groups)
    return {
        "kind": "epochs_to",
        "told": f"Of the points at most {room} a group are drawn here." if thinned else "",
        "says": f"Points: {shown.up}, a trial each. {never} of {total} trials never reach it.{ends}",
        "x": shown.across, "y": shown.up, "rows": list(shown.rows), "columns": list(shown.columns),
        "groups": [
            {
                "row": one.row,
                "column": one.column,
                "steps": [[step, name] for step, name in evenly(one.steps, room)],
                "reached": len(one.steps),
                "never": one.never,
                "waiting": one.waiting,
                "median": one.median,
            }
            for one in shown.groups
        ],
    }  # fmt: skip


def _name(one: Reached, shown: EpochsTo) -> str:
    return f"{one.row}, {one.column}" if len(shown.rows) > 1 else one.column


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of each trial."""

    definition: EpochsToDefinition
    better: Direction
    material: Material

    def reached(self, row: str, column: str, seen: Sequence[Observation]) -> Reached:
        steps: list[tuple[int, str]] = []
        never = waiting = silent = 0
        for one in seen:
            track = self.material.history(one.trial)
            step = self._first(track)
            if step is not None:
                steps.append((step, unit_of(one, self.definition.aggregate) or one.trial.id))
            elif one.metrics is None:
                waiting += 1
            elif any(self.definition.metric in values for values in track.values()):
                never += 1
            else:
                silent += 1
        return Reached(
            row=row, column=column, steps=tuple(sorted(steps)), never=never, waiting=waiting, silent=silent
        )

    def _first(self, track: Mapping[int, Mapping[str, float]]) -> int | None:
        turn = 1 if self.better == "higher" else -1
        return next(
            (
                step
                for step in sorted(track)
                if math.isfinite(value := track[step].get(self.definition.metric, math.nan))
                and turn * value >= turn * self.definition.reaches
            ),
            None,
        )


def _notes(groups: Iterable[Reached]) -> list[str]:
    each = [*groups]
    never, waiting, silent = (
        sum(getattr(one, name) for one in each) for name in ("never", "waiting", "silent")
    )
    total = never + waiting + silent + sum(len(one.steps) for one in each)
    notes = ["A point for each trial; bar: the median, with trials that never reach the score as the latest."]
    notes += [f"{never} of {total} trials never reach it, counted above the points."] * bool(never)
    notes += [f"{waiting} of {total} trials are not finished and have not reached it yet."] * bool(waiting)
    return notes + [f"{silent} of {total} trials have logged nothing of it."] * bool(silent)


def _not_logged(metric: str, seen: Sequence[Observation], material: Material) -> NotFoundError:
    """Return the error of a metric that no finished trial has logged, with what they have logged."""
    logged = {name for one in seen[:20] for values in material.history(one.trial).values() for name in values}
    if not logged:
        return NotFoundError(f"no trial has logged `{metric}` yet")
    hint = nearest(metric, sorted(logged), f"they have logged: {', '.join(sorted(logged))}")
    return NotFoundError(f"no finished trial has logged `{metric}`", hint=hint)
