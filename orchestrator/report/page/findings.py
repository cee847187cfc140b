"""What a reader wants first: the best of each table, and how far measured numbers lie from printed ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.cell_text import number
from orchestrator.report.page.layout import with_minus
from orchestrator.report.searches.tables import is_best_table
from orchestrator.report.table import full, quantity, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.report.table import Cell, Table

MOST_COLUMNS = 3
"""Of so many columns of a table the best is told at the head; the table has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BestOfColumn:
    """The first of one column of a table, by its value."""

    table: str
    """The table's id."""
    title: str
    column: str
    row: str
    """The row of the first; of several with the same value the uppermost."""
    alike: tuple[str, ...]
    """Rows that cannot be told from it."""
    told: bool | None
    """Whether it is known to differ from any other one; None of a search, whose answers are not compared."""
    measured: str
    printed: str = ""
    difference: str = ""
    """Measured minus printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """A measured number beside the printed one, in the units of its table."""

    row: str
    column: str
    measured: str
    printed: str
    difference: float
    shown: str
    """The difference with the digits of its cell."""
    relative: float | None
    """Percent of the printed number; None where that is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How one table lies beside what was printed."""

    table: str
    """The table's id."""
    title: str
    deviations: tuple[Deviation, ...]
    """The largest first."""

    @property
    def largest(self) -> Deviation:
        """The largest one."""
        return self.deviations[0]


def best_of_columns(tables: Iterable[Table]) -> list[BestOfColumn]:
    """Return what is first in the first columns of each table that says which value is better."""
    return [
        one
        for table in tables
        for one in (_best_answers(table) if is_best_table(table) else list(_best_of(table))[:MOST_COLUMNS])
    ]


def _best_answers(table: Table) -> Iterator[BestOfColumn]:
    """Yield the best answer of a search at each point; of several objectives none is the best."""
    answers = [place for place, path in enumerate(table.columns) if path == ("answer",)]
    for row in table.rows:
        if len(row.path) == 1 and row.cells[0].value is not None:
            yield BestOfColumn(
                table=table.id,
                title=table.title,
                column=full(table.columns[0]),
                row=f"{full(row.path)}: answer {number(row.cells[answers[-1]])}",
                alike=(),
                told=None,
                measured=with_minus(number(row.cells[0])),
            )


def _best_of(table: Table) -> Iterator[BestOfColumn]:
    for place, path in enumerate(table.columns):
        cells = [(row, row.cells[place]) for row in table.rows]
        ranked = [(row, cell) for row, cell in cells if cell.rank is not None]
        if len(ranked) < 2:
            continue
        row, cell = min(ranked, key=lambda one: one[1].rank or 0.0)
        best = [full(other.path) for other, one in cells if one.best and other is not row]
        yield BestOfColumn(
            table=table.id,
            title=table.title,
            column=full(path) or quantity(cell),
            row=full(row.path),
            alike=tuple(best) if cell.best else (),
            told=cell.best,
            measured=with_minus(number(cell)),
            printed="" if cell.reference is None else shown(cell.reference, cell.digits),
            difference=difference_text(cell),
        )


def difference_text(cell: Cell) -> str:
    """Return measured minus printed with its sign; nothing where one of them is missing."""
    if cell.value is None or cell.reference is None:
        return ""
    return signed(cell.value - cell.reference, cell.digits)


def signed(value: float, digits: int | None) -> str:
    """Return a number with its sign in front, as `+0.012`; zero has none."""
    text = shown(abs(value), digits)
    if not any(sign in text for sign in "123456789"):
        return text
    return ("\N{MINUS SIGN}" if value < 0 else "+") + text


def agreements(tables: Iterable[Table]) -> list[Agreement]:
    """Return each table that stands beside printed numbers, the one with the largest deviation first.

    Tables are compared by percent of the printed number, for their units differ.
    """
    found = [
        Agreement(table=table.id, title=table.title, deviations=tuple(deviations))
        for table in tables
        if (deviations := sorted(_deviations(table), key=_size, reverse=True))
    ]
    return sorted(found, key=lambda one: _size(one.largest), reverse=True)


def _deviations(table: Table) -> Iterator[Deviation]:
    for row in table.rows:
        for path, cell in zip(table.columns, row.cells, strict=True):
            if cell.value is not None and cell.reference is not None:
                difference = cell.value - cell.reference
                yield Deviation(
                    row=full(row.path),
                    column=full(path),
                    measured=shown(cell.value, cell.digits),
                    printed=shown(cell.reference, cell.digits),
                    difference=difference,
                    shown=difference_text(cell),
                    relative=100 * difference / abs(cell.reference) if cell.reference else None,
                )


def _size(one: Deviation) -> tuple[float, float]:
    return (0.0 if one.relative is None else abs(one.relative), abs(one.difference))
