"""Chooses how a table is set in LaTeX so that it fits: wrapped, smaller, on its side, in parts."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.report.latex_layout import TableStyle, TextArea, Wrapping, lay_out
from orchestrator.report.latex_width import SIZES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.report.latex_layout import TableLayout
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
    parts = _parts(table, page)
    return [replace(layout, part=at, parts=len(parts)) for at, layout in enumerate(parts, start=1)]


def _parts(table: Table, page: TextArea) -> list[TableLayout]:
    if found := next((layout for layout in _ways(table, page, SIZES) if layout.fits(page)), None):
        return [found]
    narrow = any(layout.is_narrow(page) for layout in _ways(table, page, SIZES))
    if not narrow and len(table.columns) > 1:
        return _split_columns(table, page)
    return (
        _split_rows(table, page, _LEGIBLE)
        or _split_rows(table, page, SIZES)
        or [lay_out(table, SIZES[-1], _NARROWEST, page)]
    )


def _ways(table: Table, page: TextArea, sizes: Sequence[FontSize]) -> Iterator[TableLayout]:
    """Yield the ways to set a table, the best first."""
    return (
        lay_out(table, size, style, page, rotated=rotated)
        for rotated in (False, True)
        for size in sizes
        for style in _styles(table)
    )


def _styles(table: Table) -> list[TableStyle]:
    deep = any(len(row.path) > 1 for row in table.rows)
    return [style for style in _STYLES if deep or not style.indented]


def _split_rows(table: Table, page: TextArea, sizes: Sequence[FontSize]) -> list[TableLayout]:
    """Return the table in parts of some rows each, set alike; nothing where not even single rows fit."""
    firsts = [at for at, (one, other) in enumerate(pairwise(table.rows), 1) if one.path[0] != other.path[0]]
    narrow = [way for way in _ways(table, page, sizes) if way.is_narrow(page)]
    for count in range(2, len(table.rows) + 1) if narrow else ():
        cuts = _cuts(len(table.rows), count, firsts)
        chunks = [replace(table, rows=table.rows[start:end]) for start, end in cuts]
        for way in narrow:
            parts = [lay_out(chunk, way.size, way.style, page, rotated=way.rotated) for chunk in chunks]
            if all(part.fits(page) for part in parts):
                return parts
    return []


def _split_columns(table: Table, page: TextArea) -> list[TableLayout]:
    """Return the table in parts of some columns each, and those in parts of some rows where they are long."""
    total = len(table.columns)
    firsts = [at for at, (one, other) in enumerate(pairwise(table.columns), 1) if one[0] != other[0]]
    chunks = [table]
    for count in range(2, total + 1):
        chunks = [_some_columns(table, start, end) for start, end in _cuts(total, count, firsts)]
        if all(_upright(chunk, page) for chunk in chunks):
            break
    return [layout for chunk in chunks for layout in _parts(chunk, page)]


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
        near = [first for first in firsts if abs(first - even) <= share / 4 and first > cuts[-1]]
        cuts.append(min(near, key=lambda first: abs(first - even), default=even))
    return list(pairwise([*cuts, total]))
