"""Verbs that read a study file."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestrator.messages.errors import StoppedError, TrialsFailedError
from orchestrator.messages.terminal import give, say, show, tell
from orchestrator.verbs.driving import drive_to_end
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
from orchestrator.verbs.width import terminal_width

if TYPE_CHECKING:
    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.study import Study
    from orchestrator.verbs.request import Request


def plan(
    file: File,
    set_: Set = None,
    only: Only = None,
    cluster: ClusterName = "local",
    cpu: Cpu = False,
    skip_missing_data: Skip = False,
    fresh: Fresh = None,
    no_fresh: NoFresh = None,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_list: Annotated[
        bool, typer.Option("--list", help="Print every trial: its state, stage, axes and needs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show what a study consists of, and what is left to train.

    What is done, what the rest costs at most, and which data is missing; nothing is written.

    \b
    Examples:
      python -m orchestrator plan study.yaml
      python -m orchestrator plan study.yaml --list
      python -m orchestrator plan grids/full_study.yaml --only elfw_classes
    """
    from orchestrator.engine.disk_size import disk_sizes
    from orchestrator.engine.missing_data import without_missing
    from orchestrator.engine.missing_gpus import gpus_told
    from orchestrator.engine.observe import look_ahead
    from orchestrator.engine.shape_limits import beyond_limits
    from orchestrator.evidence.disk_needed import disk_needed
    from orchestrator.evidence.skipped import skipped, told
    from orchestrator.study.fresh import Freshness
    from orchestrator.verbs.packing_lines import packing_lines, packings, with_packing
    from orchestrator.verbs.request import Typed, read_request
    from orchestrator.verbs.search_lines import end_lines
    from orchestrator.verbs.show_plan import plan_json, plan_rows, plan_totals, with_disk
    from orchestrator.verbs.table_notes import table_notes

    typed = Typed(
        file=file,
        cluster=cluster,
        set_=set_ or (),
        only=only or (),
        cpu=cpu,
        freshness=Freshness(again=fresh or (), as_before=no_fresh or ()),
    )
    request = read_request(typed, open_runs(runs), find_data(data))
    folder, read, profile = request.runs, request.read, request.profile
    possible = without_missing(read, request.data)
    seen = look_ahead(folder, possible, profile)
    lacks = skipped(possible, seen).lacks
    study = possible if skip_missing_data else read.study
    if study is not possible and lacks:
        seen = look_ahead(folder, study, profile)
    rows, totals = plan_rows(study, seen, profile), plan_totals(study, seen, profile)
    sizes = disk_sizes(read)
    rows, totals = with_disk(rows, totals, disk_needed(study, seen, sizes.points))
    packed = packings(study, seen, rows)
    for note in (*read.warnings, *sizes.notes):
        say(f"note: {note}")
    if lacks:
        say(f"note: not found, needed before anything is trained:\n{told(lacks)}")
    for line in beyond_limits(study, profile):
        say(f"note: `submit` will refuse this: {line}")
    if told_gpus := gpus_told(study, seen, profile):
        say(f"note: {told_gpus}")
    for line in end_lines(seen, time.time()):
        say(f"note: {line}" if line[0] != " " else line)
    for line in (*packing_lines(study, packed), *table_notes(read, seen)):
        say(f"note: {line}")
    if as_json:
        give(plan_json(study, seen, with_packing(rows, packed), totals))
    elif as_list:
        _list(study, seen)
    else:
        _show_plan(rows, totals)


def _show_plan(rows: list[dict[str, Any]], totals: dict[str, Any]) -> None:
    """Print a row for each stage, and say which columns a terminal has no room for."""
    from orchestrator.verbs.show_plan import crowded_out, plan_table, plan_width

    width = terminal_width()
    without = crowded_out(rows, totals, width) if width else ()
    show(plan_table(rows, totals, without), max(160, plan_width(rows, totals)))
    if without:
        say(f"no room for {', '.join(without)}: a wider terminal, a pipe or --json has all")


def _list(study: Study, seen: Seen) -> None:
    """Print every trial, and say which are still to come."""
    from orchestrator.verbs.show_plan import trial_lines

    width = terminal_width()
    if lines := trial_lines(study, seen, width):
        tell("\n".join(lines))
    for stage, count in seen.plan.undecided.items():
        if count:
            say(f"note: {count} trials of stage {stage} are not decided yet, and not listed")


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
) -> None:
    """Train what is missing, on this machine or on a cluster.

    Here until it is done; on a cluster workers are queued, and you may log off.

    \b
    Examples:
      python -m orchestrator submit study.yaml
      python -m orchestrator submit study.yaml --cluster peregrine
      python -m orchestrator submit study.yaml --set train.steps=5
    """
    from orchestrator.engine.submit import start_workers
    from orchestrator.study.fresh import Freshness
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
    if profile.here and not detach:
        advanced = drive_to_end(folder, submission)
        if not advanced.submission.profile.here:
            name = advanced.submission.profile.name
            say(f"`{submission.study.name}` was submitted to {name} meanwhile")
    else:
        advanced = start_workers(folder, submission.study.name)
        say(
            f"{len(advanced.started)} workers queued on {profile.name}, {advanced.live} live; you may log off"
        )
        for line in hindrances(advanced):
            say(line)
        say(f"next: python -m orchestrator watch {submission.study.name}")
    finish(folder, advanced.submission, advanced.seen, as_json)


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
        show(status_table(submission, seen))
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

    bad = seen.count().get(State.FAILED, 0)
    if bad:
        raise TrialsFailedError(
            f"{bad} trial" + ("s" * (bad > 1)) + f" of `{submission.study.name}` failed",
            hint=_again(submission),
        )
    if waits := never_starts(submission.study, seen):
        raise TrialsFailedError(waits, hint="what to do about it is said above")
    stop = read_stop(runs, submission.study.name)
    if stop is not None and not is_over(seen):
        raise StoppedError(
            f"`{submission.study.name}` was stopped by {stop.by}", hint=f"go on with: {submission.again}"
        )


def _again(submission: Submission) -> str:
    """Return how failed trials are tried again: on a cluster `retry` itself starts workers."""
    retry = f"`python -m orchestrator retry {submission.study.name}`"
    if submission.profile.here:
        return f"mend the cause, {retry}, and submit again"
    return f"mend the cause, submit again, and {retry}"
