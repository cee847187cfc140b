"""The verbs: parse, call, print, exit code.

Exit codes: 0 what was asked is done, what was to be skipped left out · 1 trials failed, or the scheduler
refused · 2 the user gave something wrong, or what the study needs is not there · 130 Ctrl-C.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.errors import NotFoundError, OrchestratorError, TrialsFailedError
from orchestrator.lookup import find_submitted, find_trial, find_trial_path, name_of, open_runs
from orchestrator.options import DATA, RUNS, Cluster, Data, File, Json, Only, Runs, Set, Skip, Study
from orchestrator.terminal import Live, give, say, show

if TYPE_CHECKING:
    from orchestrator.advance import Advanced
    from orchestrator.core.state import Seen
    from orchestrator.core.submission import Submission
    from orchestrator.edges.store import RunFolder

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,  # rich would double the time of --help
    pretty_exceptions_enable=False,
    help="One YAML study file becomes trained trials, MLflow runs and paper tables.",
)


def main() -> None:
    """Run the command line; the one place where errors become words and exit codes."""
    try:
        code = app(standalone_mode=False)
    except OrchestratorError as error:
        say(f"error: {error}")
        if error.hint:
            say(f"hint: {error.hint}")
        raise SystemExit(error.exit_code) from None
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
        raise SystemExit(0) from None
    except OSError as error:  # a full disk, a folder that may not be written
        say(f"error: {error.strerror}: `{error.filename}`")
        say("hint: mend it, or name another run folder with --runs; the same command goes on")
        raise SystemExit(1) from None
    except Exception as error:  # click's own errors know how to show themselves
        if hasattr(error, "show") and hasattr(error, "exit_code"):
            error.show()
            raise SystemExit(error.exit_code) from None
        raise
    raise SystemExit(code if isinstance(code, int) else 0)


# --- verbs that read a study file ----------------------------------------------------------------


@app.command()
def plan(
    file: File,
    set_: Set = None,
    only: Only = None,
    cluster: Cluster = "local",
    skip_missing_data: Skip = False,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Show what a study consists of, what is done and what the rest costs; nothing is written."""
    from orchestrator.core.skipped import skipped
    from orchestrator.edges.profile import find_profile
    from orchestrator.missing import without_missing
    from orchestrator.observe import look_ahead
    from orchestrator.read_study import read_study
    from orchestrator.show import missing_note, plan_rows, plan_table, plan_totals

    read = read_study(file, set_=set_ or (), only=only or ())
    profile, folder = find_profile(cluster), open_runs(runs)
    possible = without_missing(read, data)
    seen = look_ahead(folder, possible, profile)
    lacks = skipped(possible, seen).lacks
    study = possible if skip_missing_data else read.study
    if study is not possible and lacks:
        seen = look_ahead(folder, study, profile)
    rows, totals = plan_rows(study, seen, profile), plan_totals(study, seen, profile)
    for note in (*read.warnings, *missing_note(lacks)):
        say(f"note: {note}")
    if as_json:
        give({"study": study.name, **totals, "stages": rows})
    else:
        show(plan_table(rows, totals))


@app.command()
def submit(
    file: File,
    cluster: Cluster = "local",
    set_: Set = None,
    only: Only = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Local: come back at once, workers go on.")
    ] = False,
    skip_missing_data: Skip = False,
    runs: Runs = RUNS,
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Train what is missing: here until it is done, or queued on a cluster so that you may log off."""
    from orchestrator.advance import advance
    from orchestrator.edges.profile import find_profile
    from orchestrator.edges.table_file import read_report_files
    from orchestrator.missing import refuse, without_missing
    from orchestrator.observe import look_ahead
    from orchestrator.read_study import read_study
    from orchestrator.submit import write_submission

    read = read_study(file, set_=set_ or (), only=only or ())
    profile, folder = find_profile(cluster), open_runs(runs)
    read = replace(read, study=without_missing(read, data))
    if not skip_missing_data:
        refuse(read.study, look_ahead(folder, read.study, profile), file)
    read_report_files([Path(report) for report in read.reports])  # better told now than after the training
    for warning in read.warnings:
        say(f"note: {warning}")
    submission = write_submission(read, folder, profile, data, file)
    if profile.name == "local" and not detach:
        advanced = _drive(folder, submission)
    else:
        advanced = advance(folder, read.study.name)
        say(
            f"{len(advanced.started)} workers queued on {profile.name}, {advanced.live} live; you may log off"
        )
        say(f"next: python -m orchestrator watch {read.study.name}")
    _finish(submission, advanced.seen, as_json)


def _drive(runs: RunFolder, submission: Submission) -> Advanced:
    """Follow a local study to its end with a live table; the first Ctrl-C stops it cleanly."""
    from orchestrator.submit import drive, kill_workers, stop_workers

    name = submission.study.name
    try:
        with Live(runs, submission) as live:
            return drive(runs, submission, live.update)
    except KeyboardInterrupt:
        say("stopping: trials save their checkpoints (Ctrl-C again kills them)")
        try:
            stopped = stop_workers(runs, name)
        except KeyboardInterrupt:
            stopped = False
        if not stopped:
            kill_workers(runs, name)
        say("stopped; the same `submit` goes on where this ended")
        raise


def _finish(submission: Submission, seen: Seen, as_json: bool) -> None:
    from orchestrator.core.state import State
    from orchestrator.show import notes, status_json, status_table

    if as_json:
        give(status_json(submission, seen))
    else:
        show(status_table(submission, seen))
    for note in notes(submission, seen):
        say(note)
    bad = seen.count().get(State.FAILED, 0)
    if bad:
        raise TrialsFailedError(
            f"{bad} trial" + ("s" * (bad > 1)) + f" of `{submission.study.name}` failed",
            hint=f"mend the cause, `python -m orchestrator retry {submission.study.name}`, and submit again",
        )


# --- verbs about a submitted study ---------------------------------------------------------------


@app.command()
def status(study: Study, runs: Runs = RUNS, as_json: Json = False) -> None:
    """Show how many trials are in which state, and what to do about those that failed."""
    from orchestrator.observe import Observer
    from orchestrator.show import notes, status_json, status_table

    folder, submission = find_submitted(study, runs)
    seen = Observer(folder, submission).look()
    if as_json:
        give(status_json(submission, seen))
        return
    show(status_table(submission, seen))
    for note in notes(submission, seen):
        say(note)


@app.command()
def watch(
    study: Study,
    runs: Runs = RUNS,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 5.0,
) -> None:
    """Follow a study to its end, and let it advance meanwhile."""
    from orchestrator.advance import advance, is_over

    folder, submission = find_submitted(study, runs)
    with Live(folder, submission) as live:
        while True:
            advanced = advance(folder, submission.study.name)
            live.update(advanced)
            if is_over(advanced.seen):
                break
            time.sleep(every)
    _finish(submission, advanced.seen, as_json=False)


@app.command("advance")
def advance_(study: Study, runs: Runs = RUNS) -> None:
    """Look at a study once and start the workers it wants."""
    from orchestrator.advance import advance

    folder, submission = find_submitted(study, runs)
    advanced = advance(folder, submission.study.name)
    say(f"{len(advanced.started)} workers started, {advanced.live} live")


@app.command()
def logs(
    trial: Annotated[str, typer.Argument(help="A trial's id, or its beginning.")],
    runs: Runs = RUNS,
    attempt: Annotated[Optional[int], typer.Option(help="Not the newest attempt but this one.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the attempt ends.")] = False,
) -> None:
    """Print what a trial wrote."""
    from orchestrator.edges.store import TrialFolder
    from orchestrator.trial_log import pieces

    folder = TrialFolder(find_trial_path(open_runs(runs), trial))
    numbers = folder.numbers()
    if not numbers or (attempt is not None and attempt not in numbers):
        raise NotFoundError(
            f"{folder.path.name} has no such attempt; it has {numbers or 'none'}", hint="leave --attempt out"
        )
    for text in pieces(folder, attempt or numbers[-1], follow=follow):
        sys.stdout.buffer.write(text)
        sys.stdout.flush()


@app.command()
def why(
    trial: Annotated[str, typer.Argument(help="A trial's id, or its beginning.")], runs: Runs = RUNS
) -> None:
    """Tell the story of a trial: what it is, what happened, what it waits for, what to type next."""
    from orchestrator.show import why as story

    submission, seen, found = find_trial(open_runs(runs), trial)
    typer.echo("\n".join(story(submission, seen, found)))


@app.command()
def cancel(
    study: Study,
    trials: Annotated[
        Optional[list[str]], typer.Argument(help="Only these trials (ids or beginnings).")
    ] = None,
    runs: Runs = RUNS,
) -> None:
    """Stop a study, or some of its trials; checkpoints and results stay."""
    from orchestrator.cancel import cancel_trials

    folder, submission = find_submitted(study, runs)
    count = cancel_trials(folder, submission, trials or ())
    say(f"{count} trials cancelled; `submit` or `retry` takes them up again")


@app.command()
def retry(
    study: Annotated[str, typer.Argument(help="A study (file or name), or a trial's id.")],
    trials: Annotated[Optional[list[str]], typer.Argument(help="Only these trials.")] = None,
    runs: Runs = RUNS,
) -> None:
    """Make failed, pruned and cancelled trials ready again, with their checkpoints."""
    from orchestrator.advance import advance
    from orchestrator.cancel import forgive_trials

    folder = open_runs(runs)
    try:
        folder, submission = find_submitted(study, runs)
        wanted = tuple(trials or ())
    except NotFoundError:
        submission, _, found = find_trial(folder, study)
        wanted = (found.id,)
    count = forgive_trials(folder, submission, wanted)
    if submission.profile.name == "local":
        say(f"{count} trials ready again; next: python -m orchestrator submit {submission.given}")
    else:
        started = advance(folder, submission.study.name).started
        say(f"{count} trials ready again, {len(started)} workers queued on {submission.profile.name}")


@app.command()
def report(
    study: Study,
    runs: Runs = RUNS,
    out: Annotated[Optional[Path], typer.Option(help="Folder to write to.")] = None,
    as_json: Json = False,
) -> None:
    """Build the study's tables and figures: Markdown, CSV, LaTeX and one HTML page."""
    from orchestrator.observe import Observer
    from orchestrator.report import as_text, report_json, write_report

    folder, submission = find_submitted(study, runs)
    seen = Observer(folder, submission).look()
    place = out or folder.study(submission.study.name) / "report"
    written = write_report(folder, submission, seen, place)
    if as_json:
        give(report_json(written))
    else:
        typer.echo(as_text(written))
    say(f"written to {place}/report.html")


@app.command()
def ui(
    study: Annotated[
        Optional[str], typer.Argument(help="Only this study; else all of the run folder.")
    ] = None,
    runs: Runs = RUNS,
    port: Annotated[Optional[int], typer.Option(help="A port of 127.0.0.1; a free one by default.")] = None,
) -> None:
    """Replay the run folder into MLflow and open its UI on loopback; keeps it current until Ctrl-C."""
    from orchestrator.track import serve_ui

    folder = open_runs(runs)
    names = [name_of(study, folder)] if study else sorted(path.name for path in (runs / "studies").glob("*"))
    if not names:
        raise NotFoundError(f"there is no study in {runs} yet", hint="submit one first")
    serve_ui(folder, names, port, say)
