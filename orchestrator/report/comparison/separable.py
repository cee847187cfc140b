"""Which cells of a column are best, as far as their values can tell, and the places of all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.report.comparison.compare_cells import judged, set_against

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.comparison.definition import TableComparison
    from orchestrator.report.comparison.partners import CellPlace
    from orchestrator.report.table import Cell, CellComparison, Row


def with_best(rows: Sequence[Row], compare: TableComparison) -> tuple[Row, ...]:
    """Return the rows with ranks, and with the best of each column marked and what is not separable from it.

    No best has a column of which a ranked cell has fewer than two values, misses some, was timed beside other
    trials or is unlike the others, and one in which nothing can be told apart.
    """
    columns = [list(column) for column in zip(*(row.cells for row in rows), strict=True)]
    leaders = {at: leader for at, column in enumerate(columns) if (leader := _leader(column)) is not None}
    against = {
        (row, at): set_against(cell, columns[at][leader], compare.test, compare.level)
        for at, leader in leaders.items()
        for row, cell in enumerate(columns[at])
        if row != leader and _competes(cell)
    }
    verdicts = judged(against, compare)
    for at, column in enumerate(columns):
        best = _best(at, leaders[at], column, verdicts) if at in leaders else set()
        ranks = _ranks(column)
        columns[at] = [
            replace(cell, best=row in best, rank=ranks.get(row)) for row, cell in enumerate(column)
        ]
    return tuple(replace(row, cells=tuple(column[at] for column in columns)) for at, row in enumerate(rows))


def _competes(cell: Cell) -> bool:
    return cell.ranked and cell.better != "none" and bool(cell.n or cell.missing)


def unfit(rivals: Sequence[Cell]) -> str:
    """Return why no best can be told among these cells; nothing where one may be."""
    if any(cell.missing for cell in rivals):
        return "a value is missing"
    if any(cell.shared for cell in rivals):
        return "times were measured beside other trials"
    if any(cell.unlike for cell in rivals):
        return "trials are unlike"
    return "there is one value per cell" if any(cell.n < 2 for cell in rivals) else ""


def competing(rows: Sequence[Row]) -> list[list[Cell]]:
    """Return for each column the cells of which one may be best."""
    columns = zip(*(row.cells for row in rows), strict=True)
    return [[cell for cell in column if _competes(cell)] for column in columns]


def competing_places(rows: Sequence[Row]) -> list[list[CellPlace]]:
    """Return the same as places of rows and columns."""
    columns = range(len(rows[0].cells)) if rows else ()
    return [
        [(at, column) for at, row in enumerate(rows) if _competes(row.cells[column])] for column in columns
    ]


def _leader(column: Sequence[Cell]) -> int | None:
    """Return the place of the cell with the best mean; None where no best can be told."""
    rivals = {row: cell for row, cell in enumerate(column) if _competes(cell)}
    if len(rivals) < 2 or unfit([*rivals.values()]):
        return None
    return min(rivals, key=lambda row: _order(rivals[row]))


def _order(cell: Cell) -> float:
    assert cell.value is not None, "only cells with values compete"
    return -cell.value if cell.better == "higher" else cell.value


def _best(
    at: int, leader: int, column: Sequence[Cell], verdicts: dict[CellPlace, CellComparison]
) -> set[int]:
    """Return the places of the leader and of all that cannot be told from it; none where that is everything.

    What has no p is not known to differ, and the column says nothing then.
    """
    others = {row: verdicts[row, at] for row in range(len(column)) if (row, at) in verdicts}
    if any(verdict.p is None for verdict in others.values()):
        return set()
    if not any(verdict.significant for verdict in others.values()):
        return set()
    return {leader, *(row for row, verdict in others.items() if not verdict.significant)}


def _ranks(column: Sequence[Cell]) -> dict[int, float]:
    """Return the places of all cells that compete; none while one of them has no value."""
    rivals = {row: cell for row, cell in enumerate(column) if _competes(cell)}
    if len(rivals) < 2 or any(cell.value is None or cell.missing for cell in rivals.values()):
        return {}
    from scipy.stats import rankdata

    places = rankdata([_order(cell) for cell in rivals.values()])
    return {row: float(place) for row, place in zip(rivals, places, strict=True)}
