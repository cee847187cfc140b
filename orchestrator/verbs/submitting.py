"""The verb that trains a study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.messages.errors import StoppedError, TrialsFailedError
from orchestrator.messages.terminal import give, say, show
from orchestrator.verbs.driving import drive_to_end
from orchestrator.verbs.kept_current import Mlflow, kept_current
from orchestrator.verbs.lookup import check_file, find_data, open_runs
from orchestrator.verbs.options import (
    DATA,
    RUNS,
    ClusterName,
    Cpu,
    Data,
    File,
    Fresh,
    Json,
    NoFresh,
    Only,
    Runs,
    Set,
    Skip,
)
from orchestrator.verbs.saying_next import say_next
from orchestrator.verbs.width import terminal_size

if TYPE_CHECKING:
    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.verbs.request import Request


def submit(
    file: File,
    cluster: ClusterName = "local",
    set_: Set = None,
    only: Only = None,
    cpu: Cpu = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Local: come back at once, workers go on.")
    ] = False,
    skip_missing_data: Skip = False,
    fresh: Fresh = None,
    no_fresh: NoFresh = None,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_json: Json = False,
    mlflow: Mlflow = True,
) -> None:
    """Train what is missing, on this machine or on a cluster.

    Here until it is done, and MLflow stays current; on a cluster workers are queued, and you may log off.

    \b
    Examples:
      python -m orchestrator submit study.yaml
      python -m orchestrator submit study.yaml --cluster peregrine
      python -m orchestrator submit study.yaml --set train.steps=5
    """
    from orchestrator.engine.advance import is_over
    from orchestrator.engine.submit import start_workers
    from orchestrator.study.fresh import Freshness
    from orchestrator.verbs.next_step import after_look
    from orchestrator.verbs.request import Typed, read_request

    check_file(file)
    typed = Typed(
        file=file,
        cluster=cluster,
        set_=set_ or (),
        only=only or (),
        cpu=cpu,
        freshness=Freshness(again=fresh or (), as_before=no_fresh or ()),
    )
    request = read_request(typed, open_runs(runs), find_data(data))
    folder, profile = request.runs, request.profile
    submission = submitted(request, skip_missing_data=skip_missing_data)
    stays = profile.here and not detach
    with kept_current(folder, submission.study.name, mlflow=mlflow and stays) as tell_notes:
        if stays:
            advanced = drive_to_end(folder, submission, tell_notes)
            if not advanced.submission.profile.here:
                name = advanced.submission.profile.name
                say(f"`{submission.study.name}` was submitted to {name} meanwhile")
        else:
            advanced = start_workers(folder, submission.study.name)
            queued = f"{len(advanced.started)} workers queued on {profile.name}, {advanced.live} live"
            say(f"{queued}; you may log off")
            for line in hindrances(advanced):
                say(line)
        finish(folder, advanced.submission, advanced.seen, as_json)
    if not as_json:
        over = is_over(advanced.seen)
        say_next(after_look(advanced.submission, advanced.seen, over=over, stopped=False, idle=False), runs)


def submitted(request: Request, *, skip_missing_data: bool) -> Submission:
    """Write down what was asked for, unless something that it needs is not there; tell what is noteworthy."""
    from orchestrator.engine.missing_data import refuse, without_missing
    from orchestrator.engine.missing_gpus import refuse_without_gpus
    from orchestrator.engine.observe import look_ahead
    from orchestrator.engine.submit import write_submission
    from orchestrator.study.edges.second_look import SecondLook
    from orchestrator.verbs.code_changes import code_notes, nothing_fresh
    from orchestrator.verbs.request import no_code

    typed, folder, profile = request.typed, request.runs, request.profile
    second_look = SecondLook(request.read.tasks)
    read = replace(request.read, study=without_missing(request.read, request.data))
    seen = look_ahead(folder, read.study, profile)
    if not skip_missing_data:
        refuse(read.study, seen, typed.file)
    refuse_without_gpus(read.study, seen, profile, typed.submit_command)
    without = no_code(typed, read)
    second_look.compare(read.study, read.where)
    for warning in read.warnings:
        say(f"note: {warning}")
    submission = write_submission(
        read,
        folder,
        profile,
        request.data,
        typed.file,
        text=typed.text,
        words=typed.words,
        without=without,
        fresh=request.fresh,
        tell=say,
    )
    for line in (
        *nothing_fresh(typed.freshness, seen, read.study),
        *code_notes(folder, submission, seen, read),
    ):
        say(line)
    return submission


def hindrances(advanced: Advanced) -> list[str]:
    """Return what to tell a user when not all workers could be started, and what becomes of the rest."""
    if advanced.waiting:
        return [
            f"{advanced.waiting} workers wait for room in the queue: {advanced.hindrance}",
            "they are started as others end, by the workers and the sentinel job; `advance` tries at once",
        ]
    return [f"note: {advanced.hindrance}"] if advanced.hindrance else []


def finish(runs: RunFolder, submission: Submission, seen: Seen, as_json: bool) -> None:
    """Show how a study ended; raise as `check_end` does."""
    from orchestrator.engine.broken_gpus import gpu_notes
    from orchestrator.engine.unwatched import unwatched_notes
    from orchestrator.verbs.show import notes, status_json, status_table

    if as_json:
        give(status_json(submission, seen))
    else:
        show(status_table(submission, seen, *terminal_size()))
    told = (*notes(submission, seen), *gpu_notes(runs, submission, seen), *unwatched_notes(runs, seen))
    for note in told:
        say(note)
    check_end(runs, submission, seen)


def check_end(runs: RunFolder, submission: Submission, seen: Seen) -> None:
    """Raise TrialsFailedError when trials failed or nothing can be the best of a stage.

    Raises StoppedError when the study was stopped before its end.
    """
    from orchestrator.engine.advance import is_over
    from orchestrator.engine.stop_mark import read_stop
    from orchestrator.evidence.state import State
    from orchestrator.verbs.never_starts import never_starts
    from orchestrator.verbs.next_step import after_failure

    bad = seen.count().get(State.FAILED, 0)
    if bad:
        raise TrialsFailedError(
            f"{bad} trial" + ("s" * (bad > 1)) + f" of `{submission.study.name}` failed",
            hint=after_failure(submission),
        )
    if waits := never_starts(submission.study, seen):
        raise TrialsFailedError(waits, hint="what to do about it is said above")
    stop = read_stop(runs, submission.study.name)
    if stop is not None and not is_over(seen):
        raise StoppedError(
            f"`{submission.study.name}` was stopped by {stop.by}", hint=f"go on with: {submission.again}"
        )
