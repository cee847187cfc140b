"""What the page's own program reads: the cells, the trials behind them, forms to copy, figures."""

from __future__ import annotations

import base64
import gzip
import json
import math
from typing import TYPE_CHECKING, Any

from orchestrator.messages.terminal import plain
from orchestrator.report.cell_text import number
from orchestrator.report.comparison.difference import WORDS
from orchestrator.report.page.findings import difference_text, signed
from orchestrator.report.page.layout import with_minus
from orchestrator.report.table import full, quantity, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.report.page.trial_details import Details, TrialDetails
    from orchestrator.report.table import Cell, Table


_TESTS: dict[str, str] = {str(test): words for test, words in WORDS.items()}
_LEVEL = 6
"""Of gzip: the highest takes twice as long and saves a fiftieth."""


def script_json(value: Any) -> str:
    """Return JSON that may stand inside of a script element: no `<`, no line ends that JavaScript knows."""
    text = json.dumps(_clean(value), separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def packed(value: Any) -> str:
    """Return the same in fewer letters: gzip in base64, equal for equal values."""
    text = json.dumps(_clean(value), separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), _LEVEL, mtime=0)).decode()


def _clean(value: Any) -> Any:
    """Return a value as JSON has it: texts without steering signs, numbers that are not finite as texts."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return {plain(str(key)): _clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value


def page_data(
    tables: Sequence[Table],
    details: Details,
    folders: Mapping[str, str],
    writers: Mapping[str, Callable[[Table], str]],
) -> dict[str, Any]:
    """Return the cells of each table with their trials, its forms to copy, and what is known of trials."""
    places = {one.id: place for place, one in enumerate(details.trials)}
    return {
        "rule": details.rule,
        "trials": [_trial(one, folders.get(one.id, "")) for one in details.trials],
        "tables": {
            table.id: {
                "forms": {suffix: write(table) for suffix, write in writers.items()},
                "columns": [full(path) for path in table.columns],
                "rows": [[_cell(cell, places) for cell in row.cells] for row in table.rows],
            }
            for table in tables
        },
    }


def _cell(cell: Cell, places: Mapping[str, int]) -> dict[str, Any] | None:
    """Return what the page tells of a cell beside its trials; None where nothing stands behind it."""
    if not cell.trials:
        return None
    return {
        "of": quantity(cell),
        "metric": cell.metric,
        "text": with_minus(number(cell)),
        "facts": cell_facts(cell),
        "values": [[what, shown(value, cell.digits)] for what, value in cell.values],
        "trials": [places.get(trial, trial) for trial in cell.trials],
    }


def cell_facts(cell: Cell) -> list[tuple[str, str]]:
    """Return what is known of a cell, as names and values."""
    facts = [("values", f"{cell.n}" + (f", {cell.missing} missing" if cell.missing else ""))]
    facts += [("missing", ", ".join(f"{count} {why}" for why, count in cell.reasons))] * bool(cell.reasons)
    if cell.std is not None:
        facts.append(("standard deviation", shown(cell.std, _finer(cell.digits))))
    if cell.ci95 is not None:
        facts.append(("95 % interval of the mean", f"± {shown(cell.ci95, _finer(cell.digits))}"))
    if cell.reference is not None:
        facts.append(("printed", shown(cell.reference, cell.digits)))
    if text := difference_text(cell):
        facts.append(("measured minus printed", text))
    if cell.rank is not None:
        facts.append(("rank in its column", f"{cell.rank:g}"))
    return facts + _compared(cell)


def _finer(digits: int | None) -> int | None:
    return None if digits is None else digits + 1


def _compared(cell: Cell) -> list[tuple[str, str]]:
    """Return how it differs from the cell that it is compared to."""
    one = cell.compared
    if one is None:
        return []
    told = _TESTS.get(one.test, one.test)
    text = f"{signed(one.difference, _finer(cell.digits))}, {told}, {one.pairs} pair{'s' * (one.pairs != 1)}"
    if one.p is not None:
        text += f", p = {one.p:.3g}"
    if one.corrected is not None:
        text += f" (corrected {one.corrected:.3g})"
    return [(f"difference to {one.to}", text)]


def _trial(one: TrialDetails, folder: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "stage": one.stage,
        "axes": dict(one.axes),
        "params": dict(one.params),
        "state": one.state,
        "metrics": {name: float(f"{value:.7g}") for name, value in one.metrics.items()},
        "code": one.code,
        "seconds": round(one.seconds, 1),
        "made_with": dict(one.made_with),
        "attempts": [
            [each.number, each.ended, each.host, each.began, each.seconds and round(each.seconds, 1)]
            for each in one.attempts
        ],
        "why": one.why,
        "curves": {name: [list(point) for point in track] for name, track in one.curves.items()},
        "log": one.log,
        "folder": folder,
    }
