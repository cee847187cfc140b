"""A heat map: a table whose cells are coloured by their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.cells import axis_label, cell_values, cells_of, direction, notes_of, span
from orchestrator.report.table import full

if TYPE_CHECKING:
    from orchestrator.report.definition import Better
    from orchestrator.report.figures.definitions import HeatMapDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table

_MOST_LINES = 60
_NARROW = 8
"""So many columns have room in half of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMap:
    """A table of which each number decides a colour."""

    definition: HeatMapDefinition
    table: Table
    notes: tuple[str, ...]

    @property
    def across(self) -> str:
        """What stands below it."""
        return axis_label(self.definition.x_label, self.definition.columns)

    @property
    def down(self) -> str:
        """What stands beside it."""
        return axis_label(self.definition.y_label, self.definition.rows)

    @property
    def measured(self) -> str:
        """What its colours mean."""
        return self.definition.metric_label or self.definition.metric or ""

    @property
    def better(self) -> Better:
        """Which values are dark."""
        return direction(self.definition.better, self.definition.metric)


def heat_map(definition: HeatMapDefinition, material: Material) -> HeatMap:
    """Return the heat map; NotFoundError where the study has nothing for it, or too much."""
    table = cells_of(definition, material)
    for lines, name in ((table.rows, "rows"), (table.columns, "columns")):
        if len(lines) > _MOST_LINES:
            raise NotFoundError(
                f"its {len(lines)} {name} are more than can be read ({_MOST_LINES})",
                hint="choose some by `where`, or draw a `scatter`",
            )
    return HeatMap(definition=definition, table=table, notes=notes_of(table))


def heat_map_chart(shown: HeatMap) -> Chart:
    """Return what the page draws."""
    table = shown.table
    over = " and ".join(name for name in (shown.down, shown.across) if name)
    by = f" over {over}" if over else ""
    return {
        "kind": "heat_map", "says": f"A heat map of {shown.measured}{by}. {span(table, shown.better)}",
        "wide": len(table.columns) > _NARROW,
        "x": shown.across, "y": shown.down, "metric": shown.measured, "more": shown.better != "lower",
        "rows": [full(row.path) for row in table.rows],
        "columns": [full(column) for column in table.columns],
        "cells": cell_values(table, shown.down, shown.across),
    }  # fmt: skip
