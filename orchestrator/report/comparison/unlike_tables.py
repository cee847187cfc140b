"""Which tables compare trials that are unlike in more than what is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.report.table import Table


def unlike_tables(tables: Iterable[Table]) -> dict[str, list[str]]:
    """Return the ids of such tables, each with the sentences that say in what."""
    found = {}
    for table in tables:
        texts = dict.fromkeys(text for row in table.rows for cell in row.cells for text in cell.unlike)
        if texts:
            found[table.id] = list(texts)
    return found
