"""How a table is laid out on the page: parts of a cell that stand below each other, notes by their kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.report.cell_text import number, printed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.table import Cell, Note, NoteKind, Table

NOTE_TITLES: dict[NoteKind, str] = {
    "state": "Not done yet",
    "caution": "With care",
    "method": "How",
    "source": "What the source leaves open",
}
"""Kind of a note -> what stands above notes of that kind, in the order in which they are shown."""


_MINUS = re.compile(r"(?<![^\s\[(])-(?=\.?\d)")


def with_minus(text: str) -> str:
    """Return a text with a true minus before its negative numbers: a hyphen is too short to be seen."""
    return _MINUS.sub("\N{MINUS SIGN}", text)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellParts:
    """What a cell shows, in the parts that are lined up with those of other cells."""

    value: str
    spread: str = ""
    printed: str = ""
    sign: str = ""
    mark: str = ""
    best: bool = False
    digits: int = 0
    """Decimals of the value, the point not counted; a text has none."""


def cell_parts(cell: Cell) -> CellParts:
    """Return the parts of a cell."""
    text = number(cell)
    value, spread = text, ""
    if cell.value is not None:
        for opening in (" ± ", " ["):
            before, found, after = text.partition(opening)
            if found:
                value, spread = before, found.strip() + (" " if opening == " ± " else "") + after
    return CellParts(
        value=value,
        spread=spread,
        printed=printed(cell),
        sign=cell.sign,
        mark=cell.mark,
        best=cell.best,
        digits=len(value.partition(".")[2]) if cell.value is not None else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWidths:
    """How much room the parts of cells want, in letters."""

    spread: int
    printed: int
    raised: int
    digits: int
    """Decimals of the value."""


def part_widths(table: Table) -> list[PartWidths]:
    """Return the widths of each column, so that points stand below points."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [_widths([cell_parts(cell) for cell in column]) for column in columns]


def _widths(each: Sequence[CellParts]) -> PartWidths:
    return PartWidths(
        spread=max(len(one.spread) for one in each),
        printed=max(len(one.printed) for one in each),
        raised=max(len(one.sign + one.mark) for one in each),
        digits=max(one.digits for one in each),
    )


def widest(columns: Sequence[PartWidths]) -> PartWidths:
    """Return the widths with room for all columns."""
    return PartWidths(
        spread=max((one.spread for one in columns), default=0),
        printed=max((one.printed for one in columns), default=0),
        raised=max((one.raised for one in columns), default=0),
        digits=max((one.digits for one in columns), default=0),
    )


def notes_of(table: Table) -> list[tuple[str, str, list[Note]]]:
    """Return the notes of a table by their kind: kind, title, notes; marked ones keep their order."""
    found = [
        (kind, title, [note for note in table.notes if note.kind == kind])
        for kind, title in NOTE_TITLES.items()
    ]
    return [(kind, title, notes) for kind, title, notes in found if notes]
