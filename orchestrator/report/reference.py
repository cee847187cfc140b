"""Results that papers print, beside which tables set what was measured."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Printed(BaseModel):
    model_config = ConfigDict(frozen=True)  # the reference file carries more than tables need


def _at(value: object, place: int) -> object:
    return value[place] if isinstance(value, list) and place < len(value) else None


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

    def by_row(self) -> dict[str, list[Any]]:
        """Return the values of each row; where they are lists, also of each place, as `crop_range.0`."""
        found = {entry.row: entry.values for entry in self.rows}
        for entry in self.rows:
            longest = max((len(value) for value in entry.values if isinstance(value, list)), default=0)
            for place in range(longest):
                found[f"{entry.row}.{place}"] = [_at(value, place) for value in entry.values]
        return found

    def value(self, row: str, column: str) -> float | None:
        """Return the printed number, or None where none is printed."""
        found = self.by_row().get(row)
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
