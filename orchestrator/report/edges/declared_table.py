"""A table that a report file of a study declares, by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import listed, nearest
from orchestrator.report.edges.study_tables import study_tables

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table


def declared_table(identity: str, reports: Sequence[Path], material: Material) -> Table:
    """Return a table of the study's report files by its id; NotFoundError where none has it."""
    declared = [table for table in study_tables(reports, material) if table.definition is not None]
    for table in declared:
        if table.id == identity:
            return table.build()
    known = [table.id for table in declared]
    hint = nearest(identity, known, f"the tables are: {listed(known) or 'none'}")
    raise NotFoundError(f"no report file of the study declares a table `{identity}`", hint=hint)
