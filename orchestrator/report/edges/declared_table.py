"""A table that a report file of a study declares, by its id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import listed, nearest
from orchestrator.report.edges.table_file import read_report_files
from orchestrator.report.gain_table import build_gain
from orchestrator.report.tabulate import build

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.report.selection import Material
    from orchestrator.report.table import Table


def declared_table(identity: str, reports: Sequence[Path], material: Material) -> Table:
    """Return a table of the study's report files by its id; NotFoundError where none has it."""
    files = read_report_files(reports)
    studies = {file.study for file, _ in files if file.study is not None}
    known: list[str] = []
    for file, reference in files:
        others = frozenset(studies - {file.study})
        own = replace(material, file=file, reference=reference, other_studies=others)
        for table in file.tables:
            if table.id == identity:
                return build(table, own)
        for gain in file.derived:
            if gain.id == identity:
                return build_gain(gain, own)
        known += [piece.id for piece in (*file.tables, *file.derived)]
    hint = nearest(identity, known, f"the tables are: {listed(known) or 'none'}")
    raise NotFoundError(f"no report file of the study declares a table `{identity}`", hint=hint)
