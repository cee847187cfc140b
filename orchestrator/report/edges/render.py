"""The forms in which each table of a report is written to a file of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.report.edges.latex import latex
from orchestrator.report.edges.markdown import markdown
from orchestrator.report.escape import no_formula
from orchestrator.report.frames import cell_frame

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.report.table import Table


def as_csv(table: Table) -> str:
    """Return one line per cell, numbers unrounded; an empty field where there is none."""
    frame = cell_frame(table)
    for name in ("row", "column", "metric"):
        frame[name] = frame[name].map(no_formula)
    frame["value"] = [no_formula(value) if isinstance(value, str) else value for value in frame["value"]]
    return frame.to_csv(index=False, lineterminator="\n")


WRITERS: dict[str, Callable[[Table], str]] = {"md": markdown, "csv": as_csv, "tex": latex}
"""Suffix -> what writes one table."""
