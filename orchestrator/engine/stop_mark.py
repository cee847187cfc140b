"""The mark of a stop: while it is there, no program of the study starts a worker or a trial.

Whoever starts workers looks for it after the intent was written down. So of a stop and a start at the same
moment either the start sees the mark, or the stop sees the intent.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from orchestrator.evidence.evidence import Moment
from orchestrator.files.record_file import read_stored, write_beside
from orchestrator.study.trial import Stored

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder

By = Literal["Ctrl-C", "TERM", "cancel"]


class StudyStop(Stored):
    """What stopped a study, and when."""

    by: By
    time: Moment


def lay_stop(runs: RunFolder, study: str, by: By) -> None:
    """Stop a study until it is submitted again."""
    write_beside(_file(runs, study), StudyStop(by=by, time=time.time()).model_dump_json())


def read_stop(runs: RunFolder, study: str) -> StudyStop | None:
    """Return what stopped the study; None while it may go on."""
    return read_stored(_file(runs, study), StudyStop)


def is_stopped(runs: RunFolder, study: str) -> bool:
    """Say whether the study is stopped, without reading by what."""
    return _file(runs, study).exists()


def lift_stop(runs: RunFolder, study: str) -> None:
    """Let a stopped study go on."""
    _file(runs, study).unlink(missing_ok=True)


def _file(runs: RunFolder, study: str) -> Path:
    return runs.study(study) / "stopped.json"
