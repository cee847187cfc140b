"""What became of the tables that two studies both have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.table import full

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.table import Cell, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell whose value is another one in the second study."""

    row: str
    column: str
    before: Cell
    after: Cell

    @property
    def difference(self) -> float | None:
        """After minus before, in the units of the table; None where one of them has no value."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """A table that both studies have."""

    id: str
    title: str
    changed: tuple[CellChange, ...]
    """Cells that changed by more than their spread, and those that only one study has a value for."""
    compared: int
    """Cells that both have a value for."""
    equal: int
    """Those of them with the very same value."""
    only_before: tuple[str, ...] = ()
    """Rows and columns that the second study lacks."""
    only_after: tuple[str, ...] = ()


def table_change(one: Table, other: Table) -> TableChange:
    """Return what became of the cells, found by their labels."""
    mine, others = _cells(one), _cells(other)
    shared = [place for place in mine if place in others]
    pairs = [(mine[place], others[place]) for place in shared]
    changed = [
        CellChange(row=place[0], column=place[1], before=before, after=after)
        for place, (before, after) in zip(shared, pairs, strict=True)
        if beyond_spread(before, after)
    ]
    both = [(a.value, b.value) for a, b in pairs if a.value is not None and b.value is not None]
    lines, other_lines = _lines(one), _lines(other)
    return TableChange(
        id=one.id,
        title=one.title,
        changed=tuple(changed),
        compared=len(both),
        equal=sum(before == after for before, after in both),
        only_before=tuple(line for line in lines if line not in other_lines),
        only_after=tuple(line for line in other_lines if line not in lines),
    )


def beyond_spread(before: Cell, after: Cell) -> bool:
    """Say whether a cell changed by more than the larger standard deviation, or has a value only once.

    Where neither has a standard deviation, one value each, any difference counts.
    """
    if before.value is None or after.value is None:
        return (before.value is None) != (after.value is None)
    return abs(after.value - before.value) > max(before.std or 0.0, after.std or 0.0)


def _cells(table: Table) -> dict[tuple[str, str], Cell]:
    """Return each cell that is for a number, by its labels."""
    return {
        (full(row.path), full(column)): cell
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if not cell.text
    }


def _lines(table: Table) -> Sequence[str]:
    return [full(row.path) for row in table.rows] + [full(column) for column in table.columns]
