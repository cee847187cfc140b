"""Which cell of which table is meant by `table_5_1:VGG16/Gender/LFW/Hair`."""

from __future__ import annotations

import difflib
import shlex
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from orchestrator.report.table import Cell, Table

_SHOWN = 8
_FORM = "write TABLE:ROW/COLUMN, with the labels that the table shows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A cell and where it stands."""

    table: Table
    row: int
    column: int

    @property
    def cell(self) -> Cell:
        """The cell itself."""
        return self.table.rows[self.row].cells[self.column]

    @property
    def labels(self) -> tuple[str, ...]:
        """What a reader finds it by: the labels of its row, then those of its column."""
        return (*self.table.rows[self.row].path, *self.table.columns[self.column])

    @property
    def address(self) -> str:
        """What is typed to mean it."""
        return f"{self.table.id}:{'/'.join(self.labels)}"

    def same_in(self, table: Table) -> Cell:
        """Return the cell of another form of the table that stands at the same place."""
        return table.rows[self.row].cells[self.column]


def parted(address: str) -> tuple[str, str]:
    """Return the table and the labels of an address; UserError where it is none."""
    table, colon, labels = address.partition(":")
    if not colon or not table.strip() or not labels.strip(" /"):
        raise UserError(f"`{address}` names no cell", hint=_FORM)
    return table.strip(), labels


def find_cell(table: Table, labels: str, fixed: Iterable[str] = ()) -> Placed:
    """Return the cell of a table that these labels, joined by `/`, mean.

    Case and spaces do not matter. Labels may be left out as long as one cell alone is meant; those of
    `fixed`, values that all cells of the table have, may be given too. Raises NotFoundError where there
    is no such cell, UserError where there are several.
    """
    given = _words(labels)
    cells = [
        Placed(table=table, row=row, column=column)
        for row, column in product(range(len(table.rows)), range(len(table.columns)))
    ]
    everywhere = {word for value in fixed for word in _words(value)}
    for agrees, unsaid in product((_same, _part), (set[str](), everywhere)):
        found = [one for one in cells if agrees(*_compared(given, one, unsaid))]
        if len(found) == 1:
            return found[0]
        if found:
            raise UserError(
                f"`{table.id}:{labels}` may be {_first(found)}",
                hint=f"give more labels: {shlex.quote(found[0].address)}",
            )
    raise NotFoundError(f"table `{table.id}` has no cell `{labels}`", hint=_nearest(given, cells))


def _same(given: Sequence[str], words: Sequence[str]) -> bool:
    return given == words


def _part(given: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether the words that were given are among those of a cell, in their order."""
    rest = iter(words)
    return bool(given) and all(word in rest for word in given)


def _compared(given: Sequence[str], cell: Placed, unsaid: Collection[str]) -> tuple[list[str], list[str]]:
    """Return what was given, without what all cells have and none of them says, and the words of a cell."""
    words = _words("/".join(cell.labels))
    return [word for word in given if word in words or word not in unsaid], words


def _words(labels: str) -> list[str]:
    """Return labels as they are compared."""
    parts = ("".join(part.split()).casefold() for part in labels.split("/"))
    return [part for part in parts if part]


def _first(found: Sequence[Placed]) -> str:
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return listed(one.address for one in found[:_SHOWN]) + more


def _nearest(given: Sequence[str], cells: Sequence[Placed]) -> str:
    """Return the address that looks most like what was given, else the first ones."""
    known = {"/".join(_words("/".join(one.labels))): one for one in cells}
    if close := difflib.get_close_matches("/".join(given), known, n=1):
        return f"did you mean {shlex.quote(known[close[0]].address)}?"
    return f"it has {_first(cells)}" if cells else "it has no cell"
