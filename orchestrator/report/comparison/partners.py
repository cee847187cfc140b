"""Which cell of a table each cell is compared to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.report.definition import text_of
from orchestrator.report.table import full
from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.comparison.definition import TableComparison
    from orchestrator.report.selection import Header, Material

CellPlace = tuple[int, int]
"""Of a cell: row and column."""


def partners(
    rows: Sequence[Header], columns: Sequence[Header], compare: TableComparison, material: Material
) -> dict[CellPlace, CellPlace]:
    """Return the place of the cell that each cell is compared to; cells of the base itself have none.

    Raises NotFoundError where `to` is neither a value of an axis of rows or columns nor a label.
    """
    if compare.to is None:
        return {}
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    if bases := _bases(rows, compare, material):
        return {(row, column): (bases[row], column) for row, column in places if row in bases}
    if bases := _bases(columns, compare, material):
        return {(row, column): (row, bases[column]) for row, column in places if column in bases}
    raise _unknown([*rows, *columns], compare)


def _bases(headers: Sequence[Header], compare: TableComparison, material: Material) -> dict[int, int]:
    """Return the base of each header that has one."""
    for axis in dict.fromkeys(axis for header in headers for axis in header.line.over):
        if compare.axis in {None, axis}:
            found = _by_value(headers, axis, compare.to, material)
            if found:
                return found
    return {} if compare.axis else _by_label(headers, compare.to)


def _by_value(headers: Sequence[Header], axis: str, to: object, material: Material) -> dict[int, int]:
    """Return for each header the one that differs from it in the axis alone and has the value."""
    found = {}
    for place, header in enumerate(headers):
        for other_place, other in enumerate(headers):
            if (
                place != other_place
                and _is(to, axis, other, material)
                and header.line is other.line
                and _apart_from(axis, header) == _apart_from(axis, other)
            ):
                found[place] = other_place
    return found


def _is(to: object, axis: str, header: Header, material: Material) -> bool:
    if axis not in header.line.over or axis not in header.where:
        return False
    value = header.where[axis]
    return comparable(value) == comparable(to) or material.file.label(axis, value) == to


def _apart_from(axis: str, header: Header) -> dict[str, object]:
    return {name: comparable(value) for name, value in header.where.items() if name != axis}


def _by_label(headers: Sequence[Header], to: object) -> dict[int, int]:
    """Return the header of that label for all others; of several the one at the same values of axes."""
    bases = [place for place, header in enumerate(headers) if to in (full(header.path), header.line.label)]
    found = {}
    for place, header in enumerate(headers):
        alike = [base for base in bases if len(bases) == 1 or _over(headers[base]) == _over(header)]
        if place not in bases and alike:
            found[place] = alike[0]
    return found


def _over(header: Header) -> dict[str, object]:
    return {axis: comparable(header.where[axis]) for axis in header.line.over if axis in header.where}


def _unknown(headers: Sequence[Header], compare: TableComparison) -> NotFoundError:
    values = [
        text_of(value)
        for header in headers
        for axis, value in header.where.items()
        if axis in header.line.over
    ]
    labels = [label for header in headers for label in (full(header.path), header.line.label) if label]
    known = list(dict.fromkeys([*values, *labels]))
    given = text_of(compare.to)
    axis = f" of axis `{compare.axis}`" if compare.axis else ""
    return NotFoundError(
        f"`compare: {given}`: no other row or column has the value or label `{given}`{axis}",
        hint=nearest(given, known, f"there are: {', '.join(known)}"),
    )
