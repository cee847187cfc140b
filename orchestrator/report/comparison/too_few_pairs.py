"""Comparisons that cannot reach their level with the trials that are planned, whatever these give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.comparison.correction import WORDS
from orchestrator.report.comparison.difference import PAIRED, smallest_p
from orchestrator.report.comparison.partners import partners
from orchestrator.report.table import unit_of
from orchestrator.report.tabulate import layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.comparison.difference import TestName
    from orchestrator.report.definition import TableDefinition
    from orchestrator.report.selection import Material, Observation

_MOST_PAIRS = 1000


def too_few_pairs(definition: TableDefinition, material: Material) -> str:
    """Return why so few pairs can show no difference in a table; nothing where they can.

    Raises NotFoundError as the table itself does.
    """
    compare = definition.compare
    if compare.items:  # how many there are is known once they are tested
        return ""
    found = layout(definition, material)
    unit = compare.axes or definition.aggregate
    sides = [
        (_units(found.seen[row][column], unit), _units(found.seen[at][base], unit))
        for (row, column), (at, base) in partners(found.rows, found.columns, compare, material).items()
    ]
    sides = [(mine, others) for mine, others in sides if mine and others]
    if not sides:
        return ""
    test = compare.test or ("paired-t" if all(mine == others for mine, others in sides) else "welch")
    pairs = max(_size(test, mine, others) for mine, others in sides)
    needed = compare.level / (len(sides) if compare.correct in {"holm", "bonferroni"} else 1)
    if smallest_p(test, pairs) <= needed:
        return ""
    enough = next(count for count in range(2, _MOST_PAIRS) if smallest_p(test, count) <= needed)
    what = "pairs" if test in PAIRED else "values"
    so_many = f"{pairs} {what}" if pairs != 1 else f"1 {what.removesuffix('s')}"
    many = f"{len(sides)} comparison{'s' * (len(sides) != 1)} ({WORDS[compare.correct]})"
    return (
        f"table `{definition.id}`: {so_many} by {' and '.join(unit)} cannot show a difference at level "
        f"{compare.level:g}: {test} gives p = {smallest_p(test, pairs):.4f} at best, "
        f"{many} need{'s' * (len(sides) == 1)} {needed:.4f}; {enough} {what} can"
    )


def _units(seen: Sequence[Observation], unit: Sequence[str]) -> set[str]:
    return {unit_of(one, unit) for one in seen}


def _size(test: TestName, mine: set[str], others: set[str]) -> int:
    return len(mine & others) if test in PAIRED else min(len(mine), len(others))
