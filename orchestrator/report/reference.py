"""Results that papers print, beside which tables set what was measured."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Printed(BaseModel):
    model_config = ConfigDict(frozen=True)  # the reference file carries more than tables need


class PrintedRow(_Printed):
    """A row as a paper prints it."""

    row: str
    values: list[Any]


class PrintedTable(_Printed):
    """A table as a paper prints it."""

    id: str
    title: str
    where: str
    kind: str = "result"
    """`derived` for numbers that nobody printed, computed from those that are."""
    columns: list[str]
    rows: list[PrintedRow]
    see: list[str] = []

    def value(self, row: str, column: str) -> float | None:
        """Return the printed number, or None where none is printed."""
        found = next((entry.values for entry in self.rows if entry.row == row), None)
        if found is None or column not in self.columns:
            return None
        value = found[self.columns.index(column)]
        return float(value) if isinstance(value, int | float) else None


class PrintedFigure(_Printed):
    """A figure of a paper."""

    id: str
    title: str
    where: str
    kind: str


class Inconsistency(_Printed):
    """Something a paper leaves open or contradicts, and how it is resolved here."""

    id: str
    finding: str
    resolution: str


class Reference(_Printed):
    """What the source papers print."""

    tables: list[PrintedTable] = []
    figures: list[PrintedFigure] = []
    inconsistencies: list[Inconsistency] = []

    def table(self, identity: str) -> PrintedTable | None:
        """Return the printed table of that id."""
        return next((table for table in self.tables if table.id == identity), None)

    def footnote(self, identity: str) -> str:
        """Return the text of an inconsistency."""
        found = next(entry for entry in self.inconsistencies if entry.id == identity)
        return f"{found.id}: {found.finding}. Here: {found.resolution}."
