"""What `report --strict` refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import UnlikeError
from orchestrator.report.comparison.unlike_tables import unlike_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.report.table import Table


def refuse_unlike(tables: Iterable[Table]) -> None:
    """Raise UnlikeError with all tables that compare trials which are unlike, and in what."""
    found = unlike_tables(tables)
    if found:
        lines = [f"{name}: {text}" for name, texts in found.items() for text in texts]
        many = "1 table compares" if len(found) == 1 else f"{len(found)} tables compare"
        raise UnlikeError(
            "\n".join([f"{many} trials that are unlike in more than what is compared", *lines]),
            hint="train them again alike (`submit --fresh STAGE`), or say what is meant: "
            "`compare: {ignore: [code]}` in the report file",
        )
