"""Files that a trial did not find because they are not in the snapshot of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.absent_file import absent_files
from orchestrator.evidence.edges.stayed_behind import stayed_behind

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.submission import Submission

_MOST_TOLD = 3


def absent_lines(runs: RunFolder, submission: Submission, evidence: Evidence) -> list[str]:
    """Return what to do about files that lie in the project and that the last attempt did not find."""
    last = evidence.recent[-1] if evidence.recent else None
    if last is None or last.claim is None or last.exit is None or last.exit.failure is None:
        return []
    snapshot = runs.study(submission.study.name) / "code" / last.claim.code
    without = [runs.path, *map(Path, (submission.data, submission.given, *submission.reports))]
    names = absent_files(last.exit.failure)[:_MOST_TOLD]
    told = [reason for name in names if (reason := stayed_behind(name, snapshot, without))]
    again = "`retry` and `submit` again" if submission.profile.here else "`submit` again and `retry`"
    return [f"    {line}" for line in (*told, f"then {again}")] if told else []
