"""Tables as a terminal shows them: numbers below numbers, bold as in print, no line wider than the window."""

from __future__ import annotations

import textwrap
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.messages.terminal import plain
from orchestrator.report.page.layout import cell_parts, part_widths
from orchestrator.report.table import full
from orchestrator.verbs.cut import cut_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.report.document import Report
    from orchestrator.report.page.layout import PartWidths
    from orchestrator.report.table import Cell, Note, Table

    _Column = tuple[Sequence[str], Sequence[Text]]

_GAP = "  "
"""Between two columns."""
_LEAST_LABEL = 16
"""Letters that the labels of rows keep where columns are wide."""


def report_lines(report: Report, width: int) -> list[Text]:
    """Return the tables of a report, the names of its figures, and what its numbers rest on."""
    lines = [Text(plain(report.study), "bold"), Text()]
    for chapter in report.chapters:
        if len(report.chapters) > 1:
            lines += [Text(plain(chapter.title), "bold underline"), Text()]
        for table in chapter.tables:
            lines += [*table_lines(table, width), Text()]
        lines += [Text(f"{plain(figure.title)}: {figure.png}") for figure in chapter.figures]
    for text in report.left_out:
        lines += _wrapped(f"left out: {text}", "", width)
    for name, value in report.facts:
        lines += _wrapped(f"{name}: {value}", "", width)
    return lines


def table_lines(table: Table, width: int) -> list[Text]:
    """Return a table in lines of so many letters; columns without room follow below the others."""
    labels = _labels(table, width)
    widths = part_widths(table)
    columns = [
        (path, [_cell(row.cells[place], widths[place]) for row in table.rows])
        for place, path in enumerate(table.columns)
    ]
    lines = [Text(plain(table.title), "bold")]
    for part in _parts(columns, width - len(labels[0])):
        lines += [Text(), *_block(labels, part)]
    lines += [Text()] * bool(table.notes)
    return lines + [line for note in table.notes for line in _note(note, width)]


def _labels(table: Table, width: int) -> list[str]:
    """Return the heads and the labels of the rows, all of one width; what is as above is not repeated."""
    depth = len(table.row_heads) or 1
    paths = [row.path if depth > 1 else (full(row.path),) for row in table.rows]
    rows = [[*map(plain, path), *[""] * (depth - len(path))] for path in paths]
    shown = [
        ["" if above[: at + 1] == row[: at + 1] and row[at + 1 :] else row[at] for at in range(len(row))]
        for above, row in zip([[], *rows], rows, strict=False)
    ]
    heads = [*map(plain, table.row_heads)] or [""]
    texts = [*zip(*[heads, *shown], strict=True)]
    wide = [max(map(len, column)) for column in texts]
    lines = [
        "  ".join(f"{text:{room}}" for text, room in zip(line, wide, strict=True))
        for line in zip(*texts, strict=True)
    ]
    cut = cut_all([line.rstrip() for line in lines], max(_LEAST_LABEL, width // 2))
    most = max(map(len, cut))
    return [f"{line:{most}}" for line in cut]


def _cell(cell: Cell, widths: PartWidths) -> Text:
    """Return a cell as wide as its column: the value, then what stands behind it."""
    parts = cell_parts(cell)
    whole = cell.value is not None
    room = (widths.digits - parts.digits + (not parts.digits and bool(widths.digits))) if whole else 0
    text = Text().append(plain(parts.value), "bold" if parts.best else "").append(" " * room)
    if widths.spread:
        _, sign, spread = parts.spread.rpartition("± ")
        text.append(f" {sign.strip()}{plain(spread):>{widths.spread - bool(sign)}}", "dim")
    if widths.raised:
        text.append((parts.sign + parts.mark).ljust(widths.raised))
    if widths.printed:
        text.append(" " + plain(parts.printed).rjust(widths.printed), "dim")
    return text


def _parts(columns: Sequence[_Column], width: int) -> Iterator[list[_Column]]:
    """Yield as many columns as there is room for, then the next ones."""
    part: list[_Column] = []
    for column in columns:
        if part and sum(_wide(one) + len(_GAP) for one in [*part, column]) > width:
            yield part
            part = []
        part.append(column)
    yield part


def _wide(column: _Column) -> int:
    path, cells = column
    return max(len(path[-1]), *map(len, cells))


def _block(labels: Sequence[str], columns: Sequence[_Column]) -> Iterator[Text]:
    """Yield the header of some columns, a rule below it, and the rows."""
    *groups, lowest = _levels([tuple(map(plain, path)) for path, _ in columns])
    wide = [_wide(column) for column in columns]
    for level in groups:
        for label, places in level:
            wide[places[0]] += max(0, len(label) - _room(wide, places))
    for level in groups:
        line = Text(" " * len(labels[0]), "bold")
        for label, places in level:
            line.append(_GAP + label.center(_room(wide, places)))
        yield line
    line = Text(labels[0], "bold")
    for label, (place,) in lowest:
        line.append(_GAP + label.rjust(wide[place]))
    yield line
    yield Text("─" * len(line), "dim")
    for number, first in enumerate(labels[1:]):
        line = Text(first)
        for (_, cells), room in zip(columns, wide, strict=True):
            line.append(_GAP + " " * (room - len(cells[number]))).append_text(cells[number])
        yield line


def _levels(paths: Sequence[tuple[str, ...]]) -> list[list[tuple[str, list[int]]]]:
    """Return the lines of a header from the top: labels, each with the columns below it; the lowest alone."""
    depth = max(map(len, paths))
    padded = [("",) * (depth - len(path)) + path for path in paths]
    upper = []
    for level in range(depth - 1):
        above = [path[: level + 1] for path in padded]
        groups = groupby(range(len(above)), key=above.__getitem__)
        upper.append([(key[-1], list(places)) for key, places in groups])
    return [*upper, [(path[-1], [place]) for place, path in enumerate(padded)]]


def _room(wide: Sequence[int], places: Sequence[int]) -> int:
    return sum(wide[place] for place in places) + len(_GAP) * (len(places) - 1)


def _note(note: Note, width: int) -> list[Text]:
    return _wrapped(note.text, f"{note.mark} " if note.mark else "", width)


def _wrapped(text: str, mark: str, width: int) -> list[Text]:
    """Return a text in lines of so many letters, behind a mark."""
    lines = textwrap.wrap(plain(text), width - len(mark), break_long_words=False, break_on_hyphens=False)
    return [Text((mark if not place else " " * len(mark)) + line, "dim") for place, line in enumerate(lines)]
