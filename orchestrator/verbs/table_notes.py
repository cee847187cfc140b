"""What `plan` says of the tables of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.study.read import Read


def table_notes(read: Read, seen: Seen) -> list[str]:
    """Return what is wrong with the tables of the study; what looks is imported where there are some."""
    if not read.reports:
        return []
    from orchestrator.report.edges.planned_tables import planned_notes

    return planned_notes(read.reports, read.study, seen)
