"""Bars: columns side by side, a bar for each row, its spread on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.report.figures.cells import (
    axes_of,
    axis_label,
    cell_values,
    cells_of,
    check_colors,
    direction,
    notes_of,
    span,
)
from orchestrator.report.table import full

if TYPE_CHECKING:
    from orchestrator.report.figures.definitions import BarsDefinition
    from orchestrator.report.page.charts import Chart
    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table

_MOST_BARS = 120
_NARROW = 16
"""So many bars have room in half of a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A figure of bars: a table whose rows are the colours."""

    definition: BarsDefinition
    table: Table
    notes: tuple[str, ...]

    @property
    def across(self) -> str:
        """What stands below it."""
        return axis_label(self.definition.x_label, self.definition.columns)

    @property
    def measured(self) -> str:
        """What its bars are as long as."""
        return self.definition.metric_label or self.definition.metric or ""


def bars(definition: BarsDefinition, material: Material) -> Bars:
    """Return the bars; NotFoundError where the study has nothing for them, or too much."""
    table = cells_of(definition, material)
    check_colors(table.rows, definition.rows)
    if (count := len(table.rows) * len(table.columns)) > _MOST_BARS:
        raise NotFoundError(
            f"{count} bars are more than can be told apart ({_MOST_BARS})",
            hint="choose some by `where`, or draw a `heat_map`",
        )
    return Bars(definition=definition, table=table, notes=notes_of(table))


def bars_chart(shown: Bars) -> Chart:
    """Return what the page draws."""
    table = shown.table
    rows = [full(row.path) for row in table.rows]
    colours = f", a colour for each of {', '.join(rows)}" if len(rows) > 1 else ""
    better = direction(shown.definition.better, shown.definition.metric)
    by = f" by {shown.across}" if shown.across else ""
    return {
        "kind": "bars", "says": f"Bars of {shown.measured}{by}{colours}. {span(table, better)}",
        "wide": len(rows) * len(table.columns) > _NARROW,
        "x": shown.across, "y": shown.measured, "rows": rows,
        "columns": [full(column) for column in table.columns],
        "cells": cell_values(table, axes_of(shown.definition.rows), shown.across),
    }  # fmt: skip
