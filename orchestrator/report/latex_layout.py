"""What a table takes of a page in LaTeX when it is set in one way or another."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.report.latex_columns import LatexColumn, columns_of
from orchestrator.report.latex_width import widest, width, wrapped
from orchestrator.report.table import header_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.latex_width import FontSize
    from orchestrator.report.table import Note, Table

ColumnGroups: TypeAlias = tuple[tuple[LatexColumn, ...], ...]
CLOSE = 5.0
"""Points between a number and what stands close to it (`\\enspace` at 10 pt)."""
INDENT = 10.0
"""Points by which a row stands in below the line of its group (`\\quad` at 10 pt)."""
NOTES = 0.851
"""Size of notes beside 10 pt, as `FontSize.scale`."""
_NOTES_LINE = 9.5
_SPARE = 4.0
"""Points by which a table stays below the text width, for what is measured is not exact."""
_NARROW = 0.62
"""Share of the text width up to which a table is spread, where caption or notes need more room."""
_AROUND = 50.0
"""Points that rules and the space around caption, table and notes take of the height."""


@dataclass(frozen=True, slots=True)
class Wrapping:
    """How wide texts may get before they are wrapped, in points at 10 pt."""

    header: float
    """Of a header that is wider than what stands below it."""
    label: float
    """Of a row's label, and of a text in a cell."""
    anywhere: bool = False
    """Whether names without spaces are broken too."""


@dataclass(frozen=True, slots=True)
class TableStyle:
    """One way to set a table."""

    wrapping: Wrapping
    gap: float = 6.0
    """Half of what stands between two columns, in points (LaTeX's tabcolsep)."""
    indented: bool = False
    """Whether a group of rows has a line of its own, instead of a column."""


@dataclass(frozen=True, slots=True)
class TextArea:
    """The room for a table, in points."""

    width: float = 345.0
    """Of the text; of `article` at 10 pt by default."""
    height: float = 550.0


@dataclass(frozen=True, slots=True)
class TableHeading:
    """One label of the header."""

    lines: tuple[str, ...]
    span: int
    """How many columns of the table it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """A table, or a part of one, as it will be set."""

    table: Table
    size: FontSize
    style: TableStyle
    rotated: bool
    columns: ColumnGroups
    """For each column of the table those that stand for it."""
    labels: tuple[tuple[tuple[str, ...], ...], ...]
    """For each row its path, each label in lines."""
    header: tuple[tuple[TableHeading, ...], ...]
    """The header's lines from the top."""
    width: float
    """In points."""
    spread: float | None = None
    """The width to which it is spread, in points, so that caption and notes have room."""
    part: int = 1
    parts: int = 1

    @property
    def depth(self) -> int:
        """How many columns the labels of rows take."""
        return 1 if self.style.indented else max(map(len, self.labels))

    @property
    def height(self) -> float:
        """Return the height with caption and notes, in points."""
        return _height(self)

    def rows(self, start: int, end: int) -> TableLayout:
        """Return the part of the table with these rows, set alike."""
        return replace(
            self,
            table=replace(self.table, rows=self.table.rows[start:end]),
            columns=tuple(tuple(column.rows(start, end) for column in group) for group in self.columns),
            labels=self.labels[start:end],
        )

    def is_narrow(self, page: TextArea) -> bool:
        """Return whether it is as wide as the page at most."""
        return self.width + _SPARE <= (page.height if self.rotated else page.width)

    def fits(self, page: TextArea) -> bool:
        """Return whether it does, upright or rotated."""
        return self.is_narrow(page) and self.height <= (page.width if self.rotated else page.height)


def notes_in_paper(table: Table) -> list[Note]:
    """Return the notes that a reader of the paper needs: none of what is still to be done."""
    return [note for note in table.notes if note.kind != "state"]


def set_columns(table: Table, limit: float) -> ColumnGroups:
    """Return for each column of the table those that stand for it; texts are wrapped at `limit` points."""
    by_column = zip(*(row.cells for row in table.rows), strict=True)
    return tuple(tuple(columns_of(cells, limit)) for cells in by_column)


def lay_out(
    table: Table,
    size: FontSize,
    style: TableStyle,
    page: TextArea,
    *,
    columns: ColumnGroups | None = None,
    rotated: bool = False,
) -> TableLayout:
    """Return the table set in one way, whether that fits the page or not.

    `columns` are those of `set_columns` for this style, where they are known.
    """
    wrapping = style.wrapping
    columns = columns or set_columns(table, wrapping.label)
    labels = tuple(
        tuple(tuple(wrapped(label, wrapping.label, anywhere=wrapping.anywhere)) for label in row.path)
        for row in table.rows
    )
    header, widths = _header(table, columns, style)
    layout = TableLayout(
        table=table, size=size, style=style, rotated=rotated, columns=columns, labels=labels, header=header,
        width=0.0,
    )  # fmt: skip
    wide = (_labels_width(layout) + sum(widths)) * size.scale
    wide += 2 * style.gap * (layout.depth + len(columns) - 1)
    room = page.height if rotated else page.width
    return replace(layout, width=wide, spread=_spread(table, wide, room))


def _header(
    table: Table, columns: ColumnGroups, style: TableStyle
) -> tuple[tuple[tuple[TableHeading, ...], ...], list[float]]:
    """Return the header's lines and how wide each column of the table gets by them, at 10 pt."""
    widths = [sum(column.width + CLOSE * column.close for column in group) for group in columns]
    lines = []
    for level in reversed(header_levels(table)):
        line, at = [], 0
        for label, span in level:
            room = sum(widths[at : at + span]) + 2 * style.gap * (span - 1)
            limit = max(room, style.wrapping.header)
            pieces = tuple(wrapped(label, limit, anywhere=style.wrapping.anywhere))
            widths[at + span - 1] += max(widest(pieces) - room, 0.0)
            line.append(TableHeading(pieces, span))
            at += span
        lines.append(tuple(line))
    return tuple(reversed(lines)), widths


def _labels_width(layout: TableLayout) -> float:
    """Return the width of the columns of labels at 10 pt; what stands between them is not part of it."""
    if layout.style.indented:
        return max(INDENT * (len(path) - 1) + widest(path[-1]) for path in layout.labels)
    depth = layout.depth
    full = [path for path in layout.labels if len(path) == depth]
    wide = sum(max(widest(path[level]) for path in full) for level in range(depth))
    gaps = 2 * layout.style.gap * (depth - 1)
    spanning = [sum(map(widest, path)) - gaps for path in layout.labels if len(path) < depth]
    return max([wide, *spanning])


def _spread(table: Table, wide: float, room: float) -> float | None:
    texts = [table.title, *(note.text for note in notes_in_paper(table))]
    wanted = min(_NARROW * room, widest(texts))
    return math.floor(wanted) if wanted > wide + 10 else None


def _height(layout: TableLayout) -> float:
    line, table = layout.size.line, layout.table
    header = sum(max(len(one.lines) for one in level) for level in layout.header)
    cells = [column.lines for group in layout.columns for column in group]
    rows = sum(max(*(lines[at] for lines in cells), *map(len, path)) for at, path in enumerate(layout.labels))
    groups = sum(spaced(layout.labels, at) for at in range(1, len(layout.labels)))
    opened = 0
    if layout.style.indented:
        opened = sum(_opened(one, other) for one, other in pairwise([(), *layout.labels]))
    room = layout.spread or layout.width
    caption = math.ceil((width(table.title) + 50) / room) * 12
    notes = sum(math.ceil(width(note.text) * NOTES * 1.05 / room) for note in notes_in_paper(table))
    return (header + rows + opened) * line + groups * 5 + caption + notes * _NOTES_LINE + _AROUND


def spaced(paths: Sequence[Sequence[object]], at: int) -> bool:
    """Return whether a row is set apart from the one above: where a group of several begins or ends."""
    return paths[at][0] != paths[at - 1][0] and (_grouped(paths, at) or _grouped(paths, at - 1))


def _grouped(paths: Sequence[Sequence[object]], at: int) -> bool:
    """Return whether a row stands in a group with another one."""
    near = [*paths[max(at - 1, 0) : at], *paths[at + 1 : at + 2]]
    return len(paths[at]) > 1 and any(other[0] == paths[at][0] for other in near)


def _opened(before: Sequence[object], path: Sequence[object]) -> int:
    """Return how many lines of groups stand between two rows."""
    return sum(before[: level + 1] != path[: level + 1] for level in range(len(path) - 1))
