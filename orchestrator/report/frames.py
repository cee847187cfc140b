"""Results as pandas knows them: a row for each trial, or for each cell of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.table import Table, full, quantity
from orchestrator.report.trial_rows import trial_rows

if TYPE_CHECKING:
    import pandas as pd

    from orchestrator.report.selection import Material

CELL_COLUMNS = ("row", "column", "metric", "value", "std", "ci95", "n", "missing", "reference", "trials")


COMPARED_COLUMNS = {
    "compared_to": "to",
    "test": "test",
    "pairs": "pairs",
    "difference": "difference",
    "low": "low",
    "high": "high",
    "p": "p",
    "corrected_p": "corrected",
    "effect": "effect",
}
"""Columns of a table that compares, and the fields of a comparison."""


def trial_frame(material: Material) -> pd.DataFrame:
    """Return one row per trial, with the columns of `trial_rows`; what a trial lacks is missing there."""
    import pandas as pd

    found = trial_rows(material)
    return pd.DataFrame(list(found.rows), columns=list(found.columns))


def cell_frame(table: Table) -> pd.DataFrame:
    """Return one line per cell of a table, its numbers unrounded; a text where a cell has no number."""
    import pandas as pd

    lines = [
        (
            *(full(row.path), full(column), quantity(cell)),
            *(
                cell.value if cell.value is not None else cell.text or None,
                cell.std,
                cell.ci95,
                cell.n,
                cell.missing,
                cell.reference,
            ),
            " ".join(cell.trials),
        )
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    ]
    frame = pd.DataFrame(lines, columns=list(CELL_COLUMNS))
    compared = [cell.compared for row in table.rows for cell in row.cells]
    for name, field in COMPARED_COLUMNS.items() if any(compared) else ():
        frame[name] = [None if one is None else getattr(one, field) for one in compared]
    return frame
