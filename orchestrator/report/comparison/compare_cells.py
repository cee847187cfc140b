"""Compares cells of a table with the ones they are set against."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.report.comparison.correction import corrected
from orchestrator.report.comparison.difference import EFFECTS, PAIRED, TestedDifference, difference
from orchestrator.report.table import CellComparison, full

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.comparison.definition import TableComparison
    from orchestrator.report.comparison.difference import TestName
    from orchestrator.report.comparison.partners import CellPlace
    from orchestrator.report.table import Cell, Row

STAR = "*"


def with_compared(
    rows: Sequence[Row],
    columns: Sequence[tuple[str, ...]],
    partners: Mapping[CellPlace, CellPlace],
    compare: TableComparison,
) -> tuple[Row, ...]:
    """Return the rows with what each cell has against its partner, and a star where it differs.

    Where something else differs too (`Cell.unlike`), there is no star.
    """
    cells = {(at, column): cell for at, row in enumerate(rows) for column, cell in enumerate(row.cells)}
    found = {}
    for place, base in partners.items():
        if cells[place].values and cells[base].values:
            across = base[1] == place[1]
            paths = (
                (rows[place[0]].path, rows[base[0]].path) if across else (columns[place[1]], columns[base[1]])
            )
            name = _apart(*paths)
            found[place] = set_against(cells[place], cells[base], compare.test, compare.level, to=name)
    for place, one in judged(found, compare).items():
        sign = STAR if one.significant and not cells[place].unlike else ""
        cells[place] = replace(cells[place], compared=one, sign=sign)
    return tuple(
        replace(row, cells=tuple(cells[at, column] for column in range(len(row.cells))))
        for at, row in enumerate(rows)
    )


def _apart(path: Sequence[str], base: Sequence[str]) -> str:
    """Return what a reader calls the base: its labels that the other one does not have."""
    if len(path) != len(base):
        return full(base)
    return full([label for mine, label in zip(path, base, strict=True) if mine != label])


def judged(
    found: Mapping[CellPlace, CellComparison], compare: TableComparison
) -> dict[CellPlace, CellComparison]:
    """Return the comparisons with p as corrected for all of them, and whether it reaches the level."""
    after = corrected([one.p for one in found.values()], compare.correct)
    return {
        place: replace(one, corrected=p, significant=p is not None and p <= compare.level)
        for (place, one), p in zip(found.items(), after, strict=True)
    }


def chosen_test(cell: Cell, other: Cell, test: TestName | None) -> TestName:
    """Return the test of a table, or what suits two cells where it names none."""
    if test is not None:
        return test
    units, others = ({name for name, _ in one.items or one.values} for one in (cell, other))
    return "paired-t" if units == others else "welch"


def set_against(
    cell: Cell, other: Cell, test: TestName | None, level: float, *, to: str = ""
) -> CellComparison:
    """Return how a cell differs from the other.

    Without a test it is the paired t where the units of both are the same, else Welch's. A paired test takes
    the values whose units both have.
    """
    mine, others = dict(cell.items or cell.values), dict(other.items or other.values)
    test = chosen_test(cell, other, test)
    if test in PAIRED:
        mine = {unit: value for unit, value in mine.items() if unit in others}
        others = {unit: others[unit] for unit in mine}
    if mine and others:
        found = difference(test, [*mine.values()], [*others.values()], level)
    else:  # nothing pairs; of what is there means can still be told apart
        found = TestedDifference(estimate=(cell.value or 0.0) - (other.value or 0.0))
    return CellComparison(
        to=to,
        test=test,
        pairs=min(len(mine), len(others)),
        difference=found.estimate,
        low=found.low,
        high=found.high,
        p=found.p,
        effect=found.effect,
        effect_name=EFFECTS[test],
    )
