"""Results as pandas knows them: a line for each trial, or for each cell of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.table import Table, full, quantity

if TYPE_CHECKING:
    import pandas as pd

    from orchestrator.report.selection import Material

CELL_COLUMNS = ("row", "column", "metric", "value", "std", "ci95", "n", "missing", "reference", "trials")


def trial_frame(material: Material) -> pd.DataFrame:
    """Return one line per trial: its stage, id, state and seed, then `axes.*`, `params.*` and `metrics.*`."""
    import pandas as pd

    return pd.json_normalize(
        [
            {
                "stage": stage,
                "trial": one.trial.id,
                "state": str(one.state),
                "seed": one.trial.seed,
                "axes": dict(one.trial.axes),
                "params": dict(one.trial.params),
                "metrics": dict(one.metrics or {}),
            }
            for stage, seen in material.stages.items()
            for one in seen
        ],
        max_level=1,
    )


def cell_frame(table: Table) -> pd.DataFrame:
    """Return one line per cell of a table, its numbers unrounded."""
    import pandas as pd

    lines = [
        (
            *(full(row.path), full(column), quantity(cell)),
            *(cell.value, cell.std, cell.ci95, cell.n, cell.missing, cell.reference),
            " ".join(cell.trials),
        )
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    ]
    return pd.DataFrame(lines, columns=list(CELL_COLUMNS))
