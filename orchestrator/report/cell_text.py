"""What a cell of a table shows, in words and digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.rounding import with_ends, with_spread
from orchestrator.report.table import shown

if TYPE_CHECKING:
    from orchestrator.report.table import Cell

NOTHING = "—"


def number(cell: Cell) -> str:
    """Return what was measured, as `0.655 ± 0.004` or `0.655 [0.651, 0.659]`, or its text."""
    if cell.text or cell.value is None:
        return cell.text or NOTHING
    around, ends = cell.around, cell.ends
    if ends:
        value, low, high = _with_ends(cell.value, ends, cell.digits)
        return f"{value} [{low}, {high}]" if low else value
    value, spread = _with_spread(cell.value, around, cell.digits)
    return f"{value} ± {spread}" if spread else value


def _with_spread(value: float, around: float | None, digits: int | None) -> tuple[str, str]:
    """Return both sides of the ±; "" where nothing stands behind it."""
    if around is None:
        return shown(value, digits), ""
    return with_spread(value, around) if digits is None else (shown(value, digits), shown(around, digits))


def _with_ends(value: float, ends: tuple[float, float], digits: int | None) -> tuple[str, str, str]:
    """Return the value and the ends around it; "" for ends that say nothing more."""
    if digits is None:
        return with_ends(value, *ends)
    return shown(value, digits), shown(ends[0], digits), shown(ends[1], digits)


def printed(cell: Cell) -> str:
    """Return the printed number in parentheses; nothing where none is printed."""
    return "" if cell.reference is None else f"({shown(cell.reference, cell.digits)})"
