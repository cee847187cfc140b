"""What a cell of a table shows, in words and digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.table import shown

if TYPE_CHECKING:
    from orchestrator.report.table import Cell

NOTHING = "—"


def number(cell: Cell) -> str:
    """Return what was measured, as `0.655 ± 0.004` or `0.655 [0.651, 0.659]`, or its text."""
    if cell.text or cell.value is None:
        return cell.text or NOTHING
    around, ends = cell.around, cell.ends
    spread = f" ± {shown(around, cell.digits)}" if around is not None else ""
    if ends:
        spread = f" [{shown(ends[0], cell.digits)}, {shown(ends[1], cell.digits)}]"
    return shown(cell.value, cell.digits) + spread


def printed(cell: Cell) -> str:
    """Return the printed number in parentheses; nothing where none is printed."""
    return "" if cell.reference is None else f"({shown(cell.reference, cell.digits)})"
