"""A submitted study as it is now: its trials, its results, and the tables it can have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.observe import Observer
from orchestrator.messages.terminal import say
from orchestrator.report.directions import all_said
from orchestrator.report.edges.newest_reports import newest_reports
from orchestrator.report.edges.study_tables import study_tables
from orchestrator.report.report import gather_all
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.study_files import file_of

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.evidence import Result
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.report.edges.study_tables import StudyTable
    from orchestrator.report.selection import Material


@dataclass(frozen=True, slots=True, kw_only=True)
class Studied:
    """What is known of a study."""

    runs: RunFolder
    submission: Submission
    seen: Seen
    material: Material
    tables: tuple[StudyTable, ...]

    @property
    def name(self) -> str:
        """What the study is called."""
        return self.submission.study.name

    @property
    def results(self) -> dict[str, Result]:
        """Its results, by trial."""
        return {trial: one.result for trial, one in self.seen.evidence.items() if one.result}


def look_at(study: str, runs: Path) -> Studied:
    """Return what is known of a study, named by its file or its name; NotFoundError without one."""
    folder, submission = find_submitted(study, runs)
    seen = Observer(folder, submission).look()
    material = gather_all(folder, submission, seen)
    reports = newest_reports(submission, say, file_of(study, folder))
    tables = study_tables(reports, material, all_said(submission.study))
    return Studied(runs=folder, submission=submission, seen=seen, material=material, tables=tuple(tables))
