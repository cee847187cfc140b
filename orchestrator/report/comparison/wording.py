"""What notes say of comparisons: which test, over what, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.comparison.compare_cells import chosen_test
from orchestrator.report.comparison.correction import WORDS as CORRECTIONS
from orchestrator.report.comparison.difference import PAIRED
from orchestrator.report.comparison.difference import WORDS as TESTS
from orchestrator.report.comparison.separable import competing, unfit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.report.comparison.definition import TableComparison
    from orchestrator.report.comparison.difference import TestName
    from orchestrator.report.table import CellComparison, Row


def bold_note(rows: Sequence[Row], compare: TableComparison, unit: Sequence[str]) -> str:
    """Say what bold means in this table, or why nothing is bold; nothing where no column asks for a best."""
    columns = [column for column in competing(rows) if len(column) > 1]
    if not columns:
        return ""
    tests = dict.fromkeys(
        chosen_test(cell, column[0], compare.test) for column in columns for cell in column[1:]
    )
    how = _how(_test_words(tests, unit), compare)
    without = [column for column in columns if not any(cell.best for cell in column)]
    reasons = dict.fromkeys(unfit(column) or "nothing can be told apart" for column in without)
    if all(map(unfit, columns)):  # no test was made
        return f"Nothing is bold: {' or '.join(reasons)}."
    if len(without) == len(columns):
        return f"Nothing is bold: {' or '.join(reasons)} ({how})."
    bold = f"Bold: the best of its column, and what is not separable from it ({how})"
    return f"{bold}; none where {' or '.join(reasons)}." if reasons else f"{bold}."


def compared_note(rows: Sequence[Row], compare: TableComparison, unit: Sequence[str]) -> str:
    """Say what a star means, and how many comparisons were made; nothing where none was."""
    found = [cell.compared for row in rows for cell in row.cells if cell.compared]
    if not found:
        return ""
    tested = [one for one in found if one.p is not None]
    names = ", ".join(dict.fromkeys(one.to for one in found))
    if not tested:
        return f"Nothing can be compared to {names}: fewer than two values, or none that vary."
    tests = _test_words(dict.fromkeys(one.test for one in found), unit)
    how = f"{_how(tests, compare, len(tested))}{_pairs(tested)}"
    stars = any(cell.sign for row in rows for cell in row.cells)
    told = f"*: differs from {names} ({how})" if stars else f"No cell is shown to differ from {names} ({how})"
    untested = len(found) - len(tested)
    lack = (
        f" {untested} of {len(found)} could not be tested: fewer than two values, or none that vary."
        if untested
        else ""
    )
    alone = f" This says something of other {unit[0]}s, nothing of other trainings." if compare.items else ""
    effects = ", ".join(dict.fromkeys(one.effect_name for one in tested))
    effect = f" Effect: {effects}." if effects and compare.show == "columns" else ""
    return f"{told}.{effect}{lack}{alone}"


def _test_words(tests: Iterable[TestName], unit: Sequence[str]) -> str:
    by = f" by {' and '.join(unit)}" if unit else ""
    return " or ".join(f"{TESTS[test]}{by if test in PAIRED else ''}" for test in tests)


def _how(tests: str, compare: TableComparison, comparisons: int | None = None) -> str:
    correction = CORRECTIONS[compare.correct]
    over = f" over {comparisons} comparison{'s' * (comparisons != 1)}" if comparisons else ""
    return f"{tests}, {correction}{over}, level {compare.level:g}"


def _pairs(tested: Sequence[CellComparison]) -> str:
    counts = [one.pairs for one in tested]
    if not counts:
        return ""
    return f", {counts[0]} pairs each" if len(set(counts)) == 1 else f", {min(counts)} to {max(counts)} pairs"
