"""Chooses how a table is set in LaTeX so that it fits: wrapped, smaller, on its side, in parts."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.report.latex_layout import TableStyle, TextArea, Wrapping, lay_out, set_columns
from orchestrator.report.latex_width import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.report.latex_layout import ColumnGroups, TableLayout
    from orchestrator.report.latex_width import FontSize
    from orchestrator.report.table import Table

_ONE_LINE, _LOOSE, _TIGHT = Wrapping(math.inf, 230), Wrapping(62, 150), Wrapping(36, 100, anywhere=True)
_STYLES = (
    TableStyle(_ONE_LINE),
    TableStyle(_LOOSE),
    TableStyle(_LOOSE, 4.0),
    TableStyle(_LOOSE, 4.0, indented=True),
    TableStyle(_TIGHT, 4.0),
    TableStyle(_TIGHT, 4.0, indented=True),
)
"""Ways to set a table at one size, the best first."""
_NARROWEST = TableStyle(Wrapping(24, 60, anywhere=True), 3.0, indented=True)
_LEGIBLE = SIZES[:3]
"""Sizes of a table in parts, where any of them will do."""


def layouts(table: Table, page: TextArea) -> list[TableLayout]:
    """Return the table as it fits the page, in as few parts as it takes."""
    parts = _parts(_named(table), page)
    return [replace(layout, part=at, parts=len(parts)) for at, layout in enumerate(parts, start=1)]


def _named(table: Table) -> Table:
    """Return the table with an empty label where a row or column has none."""
    rows = tuple(replace(row, path=row.path or ("",)) for row in table.rows)
    return replace(table, columns=tuple(path or ("",) for path in table.columns), rows=rows)


def _parts(table: Table, page: TextArea) -> list[TableLayout]:
    if found := _whole(table, page):
        return [found]
    by_rows = _split_rows(table, page)
    if by_rows and not by_rows[0].rotated:
        return by_rows
    ways = [parts for parts in (by_rows, _split_columns(table, page)) if parts]
    return min(ways, key=len) if ways else [_at_any_length(table, page)]


def _whole(table: Table, page: TextArea) -> TableLayout | None:
    if len(table.rows) * SIZES[-1].line > max(page.height, page.width):
        return None
    return next((layout for layout in _ways(table, page, SIZES) if layout.fits(page)), None)


def _narrow(table: Table, page: TextArea) -> TableLayout | None:
    """Return the table set as well as its width allows, however long it gets."""
    ways = (way for sizes in (_LEGIBLE, SIZES) for way in _ways(table, page, sizes))
    return next((way for way in ways if way.is_narrow(page)), None)


def _at_any_length(table: Table, page: TextArea) -> TableLayout:
    """Return the table as it is set where nothing helps: notes longer than a page, a word as wide as one."""
    return _narrow(table, page) or lay_out(table, SIZES[-1], _NARROWEST, page)


def _ways(table: Table, page: TextArea, sizes: Sequence[FontSize]) -> Iterator[TableLayout]:
    """Yield the ways to set a table, the best first."""
    known: dict[float, ColumnGroups] = {}
    for rotated in (False, True):
        for size in sizes:
            for style in _styles(table):
                limit = style.wrapping.label
                columns = known[limit] = known.get(limit) or set_columns(table, limit)
                yield lay_out(table, size, style, page, columns=columns, rotated=rotated)


def _styles(table: Table) -> list[TableStyle]:
    deep = any(len(row.path) > 1 for row in table.rows)
    return [style for style in _STYLES if deep or not style.indented]


def _split_rows(table: Table, page: TextArea) -> list[TableLayout]:
    """Return the table in parts of as many rows as fit, set alike; nothing where not even single rows do."""
    way = _narrow(table, page)
    parts: list[TableLayout] = []
    start = 0
    while way and start < len(table.rows):
        end = _end_of_part(way, start, page)
        if end == start:
            return []
        parts.append(way.rows(start, end))
        start = end
    return parts


def _end_of_part(way: TableLayout, start: int, page: TextArea) -> int:
    """Return behind which row a part ends: where a group does, if one does in its last quarter."""
    rows = way.table.rows
    most = math.ceil(max(page.height, page.width) / SIZES[-1].line)
    ends = range(start + 1, min(start + most, len(rows)) + 1)
    end = start + bisect_left(ends, True, key=lambda one: not way.rows(start, one).fits(page))
    if end == len(rows):
        return end
    groups = (
        at for at in range(end, end - (end - start) // 4, -1) if rows[at].path[0] != rows[at - 1].path[0]
    )
    return next(groups, end)


def _split_columns(table: Table, page: TextArea) -> list[TableLayout]:
    """Return the table in parts of some columns each, and those in parts of some rows where they are long."""
    total = len(table.columns)
    firsts = [at for at, (one, other) in enumerate(pairwise(table.columns), 1) if one[0] != other[0]]
    chunks: list[Table] = []
    for count in range(2, total + 1):
        chunks = [_some_columns(table, start, end) for start, end in _cuts(total, count, firsts)]
        if all(_upright(chunk, page) for chunk in chunks):
            break
    parts: list[TableLayout] = []
    for chunk in chunks:
        whole = _whole(chunk, page)
        parts += [whole] if whole else _split_rows(chunk, page) or [_at_any_length(chunk, page)]
    return parts


def _upright(table: Table, page: TextArea) -> bool:
    """Return whether a table is narrow enough without being set too small or rotated."""
    return any(lay_out(table, _LEGIBLE[-1], style, page).is_narrow(page) for style in _styles(table))


def _some_columns(table: Table, start: int, end: int) -> Table:
    rows = tuple(replace(row, cells=row.cells[start:end]) for row in table.rows)
    return replace(table, columns=table.columns[start:end], rows=rows)


def _cuts(total: int, parts: int, firsts: Sequence[int]) -> list[tuple[int, int]]:
    """Return where so many parts begin and end: where a group begins, if one does close to an even share."""
    share = total / parts
    cuts = [0]
    for part in range(1, parts):
        even = max(round(part * share), cuts[-1] + 1)
        around = slice(bisect_left(firsts, even - share / 4), bisect_right(firsts, even + share / 4))
        near = [first for first in firsts[around] if first > cuts[-1]]
        cuts.append(min(near, key=lambda first: abs(first - even), default=even))
    return list(pairwise([*cuts, total]))
