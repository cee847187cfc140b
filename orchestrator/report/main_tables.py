"""Which tables of a report are printed: those that a reader wants first, as many as a screen or two hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orchestrator.report.table import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.report.document import Report
    from orchestrator.report.table import Table

_MOST_LINES = 60
_MOST_ROWS = 30
"""Of the only table that is printed."""
_AROUND = 5
"""Lines of a table beside its rows and its notes: title, header, empty ones."""
_WIDE = 100
"""Letters of a line of a note."""
_MOST_LEFT_OUT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class MainTables:
    """A report with the tables that are printed, and the ids of the others."""

    report: Report
    others: tuple[str, ...]
    figures: int


def main_tables(report: Report) -> MainTables:
    """Return the main tables: those that say what is best beside printed numbers, then those that say it.

    Of equals the first of each chapter goes before the second of any. A table that does not fit is left to
    the files; where none fits, the first is cut.
    """
    order = sorted(_places(report), key=lambda place: (_rank(_at(report, place)), *reversed(place)))
    chosen: dict[tuple[int, int], Table] = {}
    room = _MOST_LINES
    for place in order:
        lines = _height(_at(report, place))
        if lines <= room:
            chosen[place] = _at(report, place)
            room -= lines
    if order and not chosen:
        chosen[order[0]] = _cut(_at(report, order[0]))
    return MainTables(
        report=_with(report, chosen),
        others=tuple(_at(report, place).id for place in _places(report) if place not in chosen),
        figures=sum(len(chapter.figures) for chapter in report.chapters),
    )


def _places(report: Report) -> Iterator[tuple[int, int]]:
    """Yield the number of each chapter with a table, with that of the table in it."""
    for number, chapter in enumerate(report.chapters):
        yield from ((number, index) for index in range(len(chapter.tables)))


def _at(report: Report, place: tuple[int, int]) -> Table:
    return report.chapters[place[0]].tables[place[1]]


def _rank(table: Table) -> int:
    """Return 0 for a table of what is best with printed numbers, 1 and 2 for one of these, 3 for others."""
    cells = [cell for row in table.rows for cell in row.cells]
    ranks = any(cell.better != "none" or cell.compared for cell in cells)
    return (0 if table.printed else 1) if ranks else 2 if table.printed else 3


def _height(table: Table) -> int:
    """Return the lines of a table, its notes included."""
    return _AROUND + len(table.rows) + sum(1 + len(note.text) // _WIDE for note in table.notes)


def _cut(table: Table) -> Table:
    """Return a table with its first rows, and a note that says so."""
    if len(table.rows) <= _MOST_ROWS:
        return table
    note = Note(text=f"The first {_MOST_ROWS} of {len(table.rows)} rows; `--all` prints all.", kind="state")
    return replace(table, rows=table.rows[:_MOST_ROWS], notes=(note, *table.notes))


def _with(report: Report, chosen: dict[tuple[int, int], Table]) -> Report:
    chapters = [
        replace(
            chapter,
            tables=tuple(table for place, table in sorted(chosen.items()) if place[0] == number),
            figures=(),
        )
        for number, chapter in enumerate(report.chapters)
    ]
    left_out, more = report.left_out[:_MOST_LEFT_OUT], len(report.left_out) - _MOST_LEFT_OUT
    return replace(
        report,
        chapters=tuple(chapter for chapter in chapters if chapter.tables),
        left_out=(*left_out, *([f"and {more} more; `--all` prints them"] if more > 0 else [])),
    )
