"""Plain cells for tests of comparisons."""

from __future__ import annotations

from typing import Any

from orchestrator.report.statistics import mean, sample_std
from orchestrator.report.table import Cell, Row


def cell_of(*values: float, **changes: Any) -> Cell:
    """Return the cell of these values, the first of which is of seed 0; the higher the better."""
    given: dict[str, Any] = {
        "metric": "acc",
        "value": mean(values),
        "std": sample_std(values),
        "n": len(values),
        "values": tuple((f"seed={seed}", value) for seed, value in enumerate(values)),
        "better": "higher",
    }
    return Cell(**(given | changes))


def column_of(*cells: Cell) -> tuple[Row, ...]:
    """Return rows `r0`, `r1`, ... with one cell each."""
    return tuple(Row(path=(f"r{place}",), cells=(cell,)) for place, cell in enumerate(cells))
