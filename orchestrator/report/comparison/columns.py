"""Columns that comparisons add to a table: difference, interval, p, effect size, mean rank."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING

from orchestrator.report.comparison.correction import WORDS
from orchestrator.report.table import Cell, shown

if TYPE_CHECKING:
    from orchestrator.report.comparison.definition import TableComparison
    from orchestrator.report.table import Row, Table

VALUE, DIFFERENCE = "value", "difference"
_SMALLEST_P = 0.001
"""Smaller ones are shown as less than this."""


def with_comparison_columns(table: Table, compare: TableComparison) -> Table:
    """Return the table with columns for the comparisons behind each column that has some."""
    having = [any(row.cells[at].compared for row in table.rows) for at in range(len(table.columns))]
    if compare.show != "columns" or not any(having):
        return table
    labels = (DIFFERENCE, f"{100 * (1 - compare.level):g} % CI", _p_label(compare), "effect")
    columns: list[tuple[str, ...]] = []
    for path, has in zip(table.columns, having, strict=True):
        columns += [(*path, VALUE), *((*path, label) for label in labels)] if has else [path]
    rows = tuple(replace(row, cells=_widened(row, having)) for row in table.rows)
    return replace(table, columns=tuple(columns), rows=rows)


def _p_label(compare: TableComparison) -> str:
    return "p" if compare.correct == "none" else f"p ({WORDS[compare.correct]})"


def _widened(row: Row, having: list[bool]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for cell, has in zip(row.cells, having, strict=True):
        cells += [cell, *_compared_cells(cell)] if has else [cell]
    return tuple(cells)


def _compared_cells(cell: Cell) -> list[Cell]:
    """Return difference, interval, p and effect size of a cell; empty ones where it is not compared."""
    one = cell.compared
    if one is None:
        return [Cell(metric=f"{label} of {cell.metric}") for label in (DIFFERENCE, "interval", "p", "effect")]
    plain = Cell(metric=f"{DIFFERENCE} of {cell.metric}", n=one.pairs, spread="none", trials=cell.trials)
    ends = [None if end is None else shown(end, cell.digits) for end in (one.low, one.high)]
    return [
        replace(plain, value=one.difference, digits=cell.digits),
        replace(
            plain, metric=f"interval of {cell.metric}", text=f"[{ends[0]}, {ends[1]}]" if all(ends) else ""
        ),
        replace(
            plain, metric=f"p of {cell.metric}", value=one.corrected, digits=3, text=_small(one.corrected)
        ),
        replace(plain, metric=f"{one.effect_name} of {cell.metric}", value=one.effect, digits=2),
    ]


def _small(p: float | None) -> str:
    return f"<{_SMALLEST_P}" if p is not None and p < _SMALLEST_P else ""


def with_mean_rank(table: Table) -> Table:
    """Return the table with a last column: the mean of each row's places in all columns that have places.

    Demšar, "Statistical Comparisons of Classifiers over Multiple Data Sets", JMLR 7 (2006).
    """
    ranked = [at for at in range(len(table.columns)) if any(row.cells[at].rank for row in table.rows)]
    rows = tuple(replace(row, cells=(*row.cells, _mean_rank(row, ranked))) for row in table.rows)
    return replace(table, columns=(*table.columns, ("Mean rank",)), rows=rows)


def _mean_rank(row: Row, ranked: list[int]) -> Cell:
    places = [rank for at in ranked if (rank := row.cells[at].rank) is not None]
    trials = tuple(dict.fromkeys(trial for at in ranked for trial in row.cells[at].trials))
    whole = len(places) == len(ranked) and places
    return Cell(
        metric="mean rank",
        value=fmean(places) if whole else None,
        n=len(places),
        digits=2,
        spread="none",
        trials=trials if whole else (),
    )
