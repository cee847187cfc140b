"""The trials of a study as the definitions of each of its report files see them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.reference import Reference
    from orchestrator.report.report_file import ReportFile
    from orchestrator.report.selection import Material


def materials(files: Sequence[tuple[ReportFile, Reference]], material: Material) -> list[Material]:
    """Return the material for each file: none takes a stage of a study that another file is for."""
    studies = {file.study for file, _ in files if file.study is not None}
    return [
        replace(material, file=file, reference=reference, other_studies=frozenset(studies - {file.study}))
        for file, reference in files
    ]
