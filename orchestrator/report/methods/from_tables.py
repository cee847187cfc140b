"""What tables say of themselves: how numbers came about, and where a source leaves something open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.report.methods.methods_section import MethodsSection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.report.table import NoteKind, Table

_COUNTED = re.compile(r" \(in \d+ of \d+ trials\)")
"""In how many trials of a table something is so: it would part what is said of several tables."""


def statistics(tables: Iterable[Table]) -> MethodsSection:
    """Return how the numbers of tables came about, each sentence once."""
    return MethodsSection(title="Statistics", items=_items(tables, "method"))


def deviations(tables: Iterable[Table]) -> MethodsSection:
    """Return what sources leave open or contradict, and how it is resolved here."""
    return MethodsSection(title="What sources leave open, and what was done", items=_items(tables, "source"))


def cautions(tables: Iterable[Table]) -> MethodsSection:
    """Return what to bear in mind with tables as a whole."""
    return MethodsSection(title="What to read with care", items=_items(tables, "caution"))


def _items(tables: Iterable[Table], kind: NoteKind) -> tuple[tuple[str, str], ...]:
    """Return each note that is no single cell's, with the tables that have it."""
    found: dict[str, dict[str, None]] = {}
    for table in tables:
        for note in table.notes:
            if note.kind == kind and not note.mark and not (table.printed and table.printed in note.text):
                found.setdefault(_COUNTED.sub("", note.text), {})[f"`{table.id}`"] = None
    return tuple((", ".join(ids), text) for text, ids in found.items())
