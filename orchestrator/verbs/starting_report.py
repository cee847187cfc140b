"""`report --init`: a report file to start from."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.files.record_file import publish
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.terminal import say, tell
from orchestrator.verbs.lookup import find_submitted, open_runs
from orchestrator.verbs.study_files import file_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.selection import Material
    from orchestrator.study.study import Study

_NAME = "report.yaml"


def write_starting_report(study: str, runs: Path, files: Sequence[Path]) -> None:
    """Write a report file with the stages of a study, submitted or not, and say how to name it.

    Raises UserError where the file is there already.
    """
    from orchestrator.report.edges.starting_file import starting_stages, starting_text

    if len(files) > 1:
        raise UserError(f"--init writes one file, and --report names {len(files)}", hint="name one of them")
    given, found, material = _found(study, runs)
    path = files[0] if files else given.parent / _NAME if given.parent.is_dir() else Path(_NAME)
    stages = starting_stages(found, material, open_runs(runs))
    names = {one.stage for one in stages}
    others = [stage.name for stage in found.stages if stage.name not in names]
    if not path.parent.is_dir():
        raise UserError(f"there is no folder `{path.parent}`", hint="make it first, or name another file")
    if path.exists() or not publish(path, starting_text(found.name, stages, others)):
        hint = f"name another file: --report FILE, or look at it: report {study} --report {path}"
        raise UserError(f"`{path}` is there already, and is left as it is", hint=hint)
    tell(str(path))
    named = os.path.relpath(path, given.parent)
    say(f"next: add to {given}:  report: {named}")
    say(f"  or: python -m orchestrator report {shlex.quote(study)} --report {shlex.quote(str(path))}")


def _found(study: str, runs: Path) -> tuple[Path, Study, Material]:
    """Return the study's file, the study and its trials: as submitted, else as its file says."""
    from orchestrator.engine.observe import Observer
    from orchestrator.report.report import gather

    file = file_of(study, open_runs(runs))
    try:
        folder, submission = find_submitted(study, runs)
    except NotFoundError:
        if file is None:
            raise
        return _unsubmitted(file)
    seen = Observer(folder, submission).look()
    return file or Path(os.path.relpath(submission.given)), submission.study, gather(submission, seen)


def _unsubmitted(file: Path) -> tuple[Path, Study, Material]:
    from orchestrator.evidence.state import State
    from orchestrator.report.selection import Material, Observation
    from orchestrator.study.plan import Known, expand
    from orchestrator.study.read import read_study

    study = read_study(file).study
    plan = expand(study, Known())
    stages: dict[str, list[Observation]] = {stage.name: [] for stage in study.stages}
    for trial in plan.trials:
        stages[trial.stage].append(Observation(trial=trial, state=State.WAITING))
    return file, study, Material(stages=stages, undecided=plan.undecided)
