"""The verb that writes searches for another program."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.messages.problems import listed
from orchestrator.messages.terminal import say
from orchestrator.verbs.lookup import find_submitted
from orchestrator.verbs.options import RUNS, Runs, StudyName, given_path


def export(
    study: StudyName,
    optuna: Annotated[
        Path, typer.Option("--optuna", help="The file to write.", parser=given_path, metavar="FILE")
    ],
    runs: Runs = RUNS,
) -> None:
    """Write the searches of a study for Optuna's dashboard.

    Each search is a study of Optuna's, with its trials, values, parameters and what was logged: in a journal,
    or in an SQLite database where the name of the file ends in .db. It is written anew each time, and never
    read back.

    \b
    Examples:
      python -m orchestrator export faces --optuna faces.log
      python -m orchestrator export faces --optuna faces.db
    """
    from orchestrator.engine.observe import Observer
    from orchestrator.files.record_file import write_beside
    from orchestrator.report.edges.optuna_file import optuna_bytes
    from orchestrator.report.edges.optuna_owner import SQLITE

    folder, submission = find_submitted(study, runs)
    name = submission.study.name
    if all(stage.search is None for stage in submission.study.stages):
        raise NotFoundError(
            f"`{name}` has no search", hint=f"its trials as a table: python -m orchestrator results {name}"
        )
    _check_free(optuna, name)
    seen = Observer(folder, submission).look()
    write_beside(optuna, optuna_bytes(folder, submission, seen, optuna.suffix))
    say(f"{len(seen.plan.openings)} searches written to {optuna}")
    opened = f"sqlite:///{optuna}" if optuna.suffix.lower() in SQLITE else str(optuna)
    say(f"look at them: optuna-dashboard {shlex.quote(opened)}")


def _check_free(file: Path, study: str) -> None:
    """Raise UserError where a file holds something else than searches of this study."""
    from orchestrator.report.edges.optuna_owner import foreign_studies

    if file.is_dir():
        raise UserError(f"`{file}` is a folder", hint=f"name a file in it: --optuna {file}/{study}.log")
    if not file.exists():
        return
    foreign = foreign_studies(file, study)
    if foreign is None:
        raise UserError(
            f"`{file}` is there already, and no storage of Optuna's", hint="name another file, or remove it"
        )
    if foreign:
        raise UserError(
            f"`{file}` holds studies that were not made of `{study}`: {listed(foreign[:5])}",
            hint="name another file, or remove it",
        )
