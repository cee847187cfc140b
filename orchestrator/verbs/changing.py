"""Verbs that change what becomes of trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import NotFoundError
from orchestrator.messages.problems import nearest
from orchestrator.messages.terminal import say
from orchestrator.verbs import completion
from orchestrator.verbs.lookup import check_beginnings, find_submitted, find_trial, open_runs, study_names
from orchestrator.verbs.options import RUNS, Runs, StudyName
from orchestrator.verbs.saying_next import say_next

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial


def cancel(
    study: StudyName,
    trials: Annotated[
        Optional[list[str]],
        typer.Argument(help="Only these trials (ids or beginnings).", autocompletion=completion.trials),
    ] = None,
    runs: Runs = RUNS,
) -> None:
    """Stop a study or some of its trials; what they saved stays.

    `submit` or `retry` takes them up again, with their checkpoints.

    \b
    Examples:
      python -m orchestrator cancel toy
      python -m orchestrator cancel toy 3f2a 77c0
    """
    from orchestrator.engine.cancel import cancel_trials
    from orchestrator.verbs.next_step import after_cancel

    check_beginnings(trials or ())
    folder, submission = find_submitted(study, runs)
    count = cancel_trials(folder, submission, trials or ())
    say(f"{count} trials cancelled")
    if count:
        say_next(after_cancel(submission, whole=not trials), runs)


def retry(
    study: Annotated[
        str,
        typer.Argument(
            help="A study (file or name), or a trial's id.", autocompletion=completion.studies_and_trials
        ),
    ],
    trials: Annotated[
        Optional[list[str]],
        typer.Argument(help="Only these trials.", autocompletion=completion.trials),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Start from nothing; the checkpoint is set aside, not deleted.")
    ] = False,
    runs: Runs = RUNS,
) -> None:
    """Make failed and cancelled trials ready again.

    Pruned ones too; all go on from their checkpoints, unless told to start from nothing.

    \b
    Examples:
      python -m orchestrator retry toy
      python -m orchestrator retry 3f2a --restart
    """
    from orchestrator.engine.advance import advance
    from orchestrator.engine.cancel import forgive_trials
    from orchestrator.verbs.next_step import after_retry

    check_beginnings([study, *(trials or ())])
    folder = open_runs(runs)
    try:
        folder, submission = find_submitted(study, runs)
        wanted = tuple(trials or ())
    except NotFoundError as no_study:
        submission, found = _study_of(folder, study, no_study)
        wanted = (found.id,)
    count = forgive_trials(folder, submission, wanted, restart=restart)
    if submission.profile.here:
        say(f"{count} trials ready again")
    else:
        started = advance(folder, submission.study.name).started
        say(f"{count} trials ready again, {len(started)} workers queued on {submission.profile.name}")
    say_next(after_retry(submission), runs)


def _study_of(folder: RunFolder, given: str, no_study: NotFoundError) -> tuple[Submission, Trial]:
    """Return the trial that was given in the place of a study, and its study; NotFoundError for neither."""
    try:
        submission, _, found = find_trial(folder, given)
    except NotFoundError as no_trial:
        studies = study_names(folder)
        close = nearest(given, studies, no_trial.hint)
        raise NotFoundError(f"{no_study}; and no study there has a trial `{given}`", hint=close) from None
    return submission, found
