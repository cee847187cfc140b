"""Two studies side by side, as one value: in words, and for programs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.report.cell_text import number
from orchestrator.report.escape import inert
from orchestrator.report.table import shown
from orchestrator.report.trial_forms import table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.table import Cell
    from orchestrator.report.two_studies.cell_changes import CellChange, TableChange
    from orchestrator.report.two_studies.study_changes import StudyChange
    from orchestrator.report.two_studies.trial_changes import MetricChange, StageTrials

_SHOWN = 20
_ENGINE = "orchestrator/"
NOTHING = "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class BothStudies:
    """What two studies differ in, and what that did."""

    names: tuple[str, str]
    """What a reader tells them by: the study, and its run folder where both are called the same."""
    study: tuple[StudyChange, ...]
    code: tuple[tuple[str, str], ...]
    """Files of code that differ, each with how: `changed`, `only in the first`, `only in the second`."""
    packages: tuple[tuple[str, str, str], ...]
    """What results were made with, where that differs: `torch`, `2.1 (12)`, `2.2 (12)`."""
    trials: tuple[StageTrials, ...]
    metrics: tuple[MetricChange, ...]
    """What trials that both have gave differently."""
    tables: tuple[TableChange, ...]
    only_tables: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Ids of tables that one of them alone has."""


def as_markdown(both: BothStudies, *, trials_only: bool = False) -> str:
    """Return what differs, which trials are shared, and the cells that changed beyond their spread."""
    parts = [f"# {inert(both.names[0])} (A) and {inert(both.names[1])} (B)\n"]
    if not trials_only:
        parts += ["## What differs\n", *_differences(both)]
    parts += ["## Trials\n", *_trials(both, whole=trials_only)]
    if not trials_only:
        parts += ["## Tables\n", *_tables(both)]
    return "\n".join(parts)


def as_json(both: BothStudies) -> dict[str, Any]:
    """Return all of it for programs; a number that is not finite is null."""
    return {
        "studies": list(both.names),
        "differences": [
            {"stage": one.where, "what": one.what, "before": one.before, "after": one.after}
            for one in both.study
        ],
        "code": [{"file": name, "how": how} for name, how in both.code],
        "packages": [{"what": what, "before": a, "after": b} for what, a, b in both.packages],
        "trials": [
            {
                "stage": one.stage,
                "shared": one.shared,
                "only_before": list(one.only_before),
                "only_after": list(one.only_after),
            }
            for one in both.trials
        ],
        "metrics": [
            {
                "trial": one.trial,
                "stage": one.stage,
                "axes": one.axes,
                "metric": one.metric,
                "before": _finite(one.before),
                "after": _finite(one.after),
            }
            for one in both.metrics
        ],
        "tables": [_table_json(one) for one in both.tables],
        "only_tables": [list(ids) for ids in both.only_tables],
    }


def _differences(both: BothStudies) -> list[str]:
    lines = [[one.where, one.what, one.before, one.after] for one in both.study]
    lines += [["results made with", *one] for one in both.packages]
    parts = [table_of(["where", "what", "A", "B"], lines)] if lines else []
    if both.code:
        parts.append(f"Code: {_code(both.code)}.\n")
    return parts or ["Nothing: the same stages, axes, parameters and code.\n"]


def _code(files: Sequence[tuple[str, str]]) -> str:
    """Return which files differ; those of the engine are counted."""
    own = [one for one in files if not one[0].startswith(_ENGINE)]
    told = [f"`{inert(name)}` ({how})" for name, how in own[:_SHOWN]]
    if len(own) > _SHOWN:
        told.append(f"{len(own) - _SHOWN} more")
    if engine := len(files) - len(own):
        told.append(f"{engine} file{'s' * (engine != 1)} of this program itself")
    return ", ".join(told)


def _trials(both: BothStudies, *, whole: bool) -> list[str]:
    rows = [
        [one.stage, *map(str, (one.shared, len(one.only_before), len(one.only_after)))] for one in both.trials
    ]
    parts = [table_of(["stage", "in both", "only in A", "only in B"], rows)]
    found = both.metrics if whole else both.metrics[:_SHOWN]
    if not found:
        return [*parts, "Trials that both have gave the same, as far as both have finished them.\n"]
    parts.append(f"{len(both.metrics)} metrics of trials that both have are not the same:\n")
    lines = [
        [one.trial[:8], one.stage, one.axes, one.metric, *map(_told, (one.before, one.after))]
        for one in found
    ]
    parts.append(table_of(["trial", "stage", "axes", "metric", "A", "B"], lines))
    rest = len(both.metrics) - len(found)
    return [*parts, f"{rest} more: --trials shows all.\n"] if rest else parts


def _tables(both: BothStudies) -> list[str]:
    parts: list[str] = []
    for one in both.tables:
        parts.append(f"### {inert(one.title)} (`{one.id}`)\n")
        lines = [
            [cell.row, cell.column, *map(_with_count, (cell.before, cell.after)), _difference(cell)]
            for cell in one.changed
        ]
        if lines:
            parts.append(table_of(["row", "column", "A", "B", "B - A"], lines))
        parts.append(f"{_rest(one)}{_only('A', one.only_before)}{_only('B', one.only_after)}\n")
    for name, ids in zip("AB", both.only_tables, strict=True):
        if ids:
            parts.append(f"Only in {name}: {', '.join(f'`{one}`' for one in ids)}.\n")
    return parts or ["They have no table in common.\n"]


def _rest(table: TableChange) -> str:
    """Return how many cells are not in the table of changes."""
    if not table.compared:
        return "No cell has a value in both."
    within = table.compared - sum(cell.difference is not None for cell in table.changed)
    cells = f"{within} of {table.compared} cells that both have"
    return f"{cells} changed by no more than their spread, {table.equal} of these not at all."


def _only(name: str, lines: Sequence[str]) -> str:
    return f" Rows and columns only in {name}: {', '.join(map(inert, lines))}." if lines else ""


def _told(value: float | None) -> str:
    return NOTHING if value is None else repr(value)


def _with_count(cell: Cell) -> str:
    return NOTHING if cell.value is None else f"{number(cell)} (n = {cell.n})"


def _difference(cell: CellChange) -> str:
    if cell.difference is None:
        return NOTHING
    text = shown(cell.difference, cell.before.digits)
    return text if cell.difference < 0 else f"+{text}"


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def _table_json(one: TableChange) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "compared": one.compared,
        "equal": one.equal,
        "only_before": list(one.only_before),
        "only_after": list(one.only_after),
        "changed": [
            {
                "row": cell.row,
                "column": cell.column,
                "before": _cell_json(cell.before),
                "after": _cell_json(cell.after),
                "difference": _finite(cell.difference),
            }
            for cell in one.changed
        ],
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    return {"value": _finite(cell.value), "std": _finite(cell.std), "n": cell.n, "metric": cell.metric}
