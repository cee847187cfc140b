"""Verbs that look at a submitted study, and let it go on."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from orchestrator.messages.errors import InternalEvidenceError, NotFoundError, SilentError, StoppedError
from orchestrator.messages.terminal import give, printing, readable, say, show, tell
from orchestrator.verbs.kept_current import Mlflow, kept_current
from orchestrator.verbs.live import LiveTable
from orchestrator.verbs.lookup import find_submitted, find_trial, find_trial_path, open_runs
from orchestrator.verbs.options import RUNS, Json, Runs, StudyName, TrialId
from orchestrator.verbs.saying_next import say_next
from orchestrator.verbs.submitting import finish, hindrances
from orchestrator.verbs.width import terminal_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.engine.starter import Advanced
    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.submission import Submission

_LONGEST_PAUSE_S = 300
_TICK_S = 0.5
_PIECE_BYTES = 65536


def status(study: StudyName, runs: Runs = RUNS, as_json: Json = False) -> None:
    """Show how many trials are in which state, and what failed.

    Says what to do about those that failed, wait or are skipped.

    \b
    Examples:
      python -m orchestrator status study.yaml
      python -m orchestrator status toy --json
    """
    from orchestrator.engine.advance import is_over, waiting_for_room
    from orchestrator.engine.broken_gpus import gpu_notes
    from orchestrator.engine.demand import busy_jobs
    from orchestrator.engine.idle import waits_in_vain
    from orchestrator.engine.observe import Observer
    from orchestrator.engine.stop_mark import read_stop
    from orchestrator.engine.unwatched import unwatched_notes
    from orchestrator.verbs.headway import headway
    from orchestrator.verbs.live_view import minute_line
    from orchestrator.verbs.next_step import after_look
    from orchestrator.verbs.show import notes, status_json, status_table

    folder, submission = find_submitted(study, runs)
    seen = Observer(folder, submission).look()
    waiting, why_not = waiting_for_room(folder, submission, seen)
    over, idle = is_over(seen), waits_in_vain(folder, submission, seen)
    stop = None if over else read_stop(folder, submission.study.name)
    if as_json:
        stopped = {"by": stop.by, "time": stop.time} if stop else None
        more = {"waiting_for_room": waiting, "waiting_in_vain": idle, "stopped": stopped}
        give({**status_json(submission, seen), **more})
        return
    show(status_table(submission, seen, *terminal_size()))
    if not over:
        now = time.time()
        say(minute_line(headway(submission, seen, {}, workers=len(busy_jobs(seen)), now=now), now))
    for note in notes(submission, seen):
        say(note)
    for note in (*gpu_notes(folder, submission, seen), *unwatched_notes(folder, seen)):
        say(note)
    if waiting:
        say(f"{waiting} workers wait for room in the queue: {why_not}")
    if idle:
        say(f"nothing runs, and {idle} trial{'s wait' if idle > 1 else ' waits'} for a worker")
    if stop:
        say(f"stopped by {stop.by}")
    say_next(after_look(submission, seen, over=over, stopped=stop is not None, idle=idle > 0), runs)


def watch(
    study: StudyName,
    runs: Runs = RUNS,
    every: Annotated[float, typer.Option(help="Seconds between two looks.")] = 5.0,
    mlflow: Mlflow = True,
) -> None:
    """Follow a study to its end, and let it advance meanwhile.

    MLflow stays current too: points of a training are there some seconds after they were logged.

    \b
    Examples:
      python -m orchestrator watch toy
      python -m orchestrator watch toy --every 60
    """
    from orchestrator.verbs.next_step import after_look

    folder, submission = find_submitted(study, runs)
    with kept_current(folder, submission.study.name, mlflow=mlflow) as tell_notes:
        advanced = _followed(folder, submission, every, tell_notes)
        finish(folder, advanced.submission, advanced.seen, as_json=False)
    say_next(after_look(advanced.submission, advanced.seen, over=True, stopped=False, idle=False), runs)


def _followed(
    folder: RunFolder, submission: Submission, every: float, tell_notes: Callable[[], None]
) -> Advanced:
    """Let a study advance, with a live table, and return how it ended."""
    from orchestrator.engine.advance import advance, has_ended
    from orchestrator.engine.observe import Newest, Observer

    newest, pause, said = Newest(folder, submission.study.name), every, ""
    observer = Observer(folder, newest.submission)
    with LiveTable(folder, submission) as live:
        while True:
            if newest.replaced():
                observer = Observer(folder, newest.read_again())
            try:
                advanced = advance(folder, submission.study.name, observer=observer)
            except SilentError as error:
                hindrance, pause = str(error), min(2 * pause, max(_LONGEST_PAUSE_S, every))
            else:
                live.update(advanced)
                hindrance, pause = advanced.hindrance, every
                if has_ended(folder, advanced.seen):
                    return advanced
            if hindrance and hindrance != said:
                say(f"note: {hindrance}; looking again")
            said = hindrance
            tell_notes()
            time.sleep(pause)


def advance(study: StudyName, runs: Runs = RUNS) -> None:
    """Look at a study once and start the workers it wants.

    Workers do this by themselves; type it when all of them are gone.

    \b
    Examples:
      python -m orchestrator advance toy
    """
    from orchestrator.engine.advance import advance, is_over
    from orchestrator.engine.stop_mark import read_stop
    from orchestrator.verbs.next_step import after_look

    folder, submission = find_submitted(study, runs)
    advanced = advance(folder, submission.study.name)
    stop = read_stop(folder, submission.study.name)
    if stop is not None and not is_over(advanced.seen):
        raise StoppedError(
            f"`{submission.study.name}` was stopped by {stop.by}", hint=f"go on with: {submission.again}"
        )
    say(f"{len(advanced.started)} workers started, {advanced.live} live")
    for line in hindrances(advanced):
        say(line)
    over = is_over(advanced.seen)
    say_next(after_look(submission, advanced.seen, over=over, stopped=False, idle=False), runs)


def logs(
    trial: TrialId,
    runs: Runs = RUNS,
    attempt: Annotated[Optional[int], typer.Option(help="Not the newest attempt but this one.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the attempt ends.")] = False,
) -> None:
    """Print what a trial wrote.

    A terminal is shown no signs that would steer it; a file or another program gets every byte. Of a trial
    that is done the metrics follow, on standard error.

    \b
    Examples:
      python -m orchestrator logs 3f2a
      python -m orchestrator logs 3f2a --follow
      python -m orchestrator logs 3f2a --attempt 1
    """
    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.verbs.next_step import after_logs

    folder = TrialFolder(find_trial_path(open_runs(runs), trial))
    numbers = folder.numbers()
    if not numbers or (attempt is not None and attempt not in numbers):
        raise NotFoundError(
            f"{folder.path.name} has no such attempt; it has {numbers or 'none'}", hint="leave --attempt out"
        )
    if _print_all(pieces(folder, attempt or numbers[-1], follow=follow)):
        done = _say_metrics(folder)
        say_next(after_logs(folder.id, done=done), runs)


def _print_all(written: Iterator[bytes]) -> bool:
    """Print a log as it comes; say whether there is still somebody who reads."""
    output, to_person, last = sys.stdout, sys.stdout.isatty(), ""
    for piece in readable(written) if to_person else written:
        with printing():
            typer.echo(piece, nl=False)
        if sys.stdout is not output:  # who read it has seen enough
            return False
        if isinstance(piece, str):
            last = piece[-1:] or last
    if last not in {"", "\n"}:
        tell("")
    return True


def _say_metrics(folder: TrialFolder) -> bool:
    """Say what a finished trial gave, and whether it is one."""
    from orchestrator.verbs.story import metrics_text

    try:
        result = folder.read_result()
    except InternalEvidenceError as error:
        say(f"note: {error}")
        return False
    if result is not None:
        say(f"{folder.path.name} is done: {metrics_text(result.metrics)}")
    return result is not None


def pieces(folder: TrialFolder, number: int, *, follow: bool) -> Iterator[bytes]:
    """Yield the log of an attempt piece by piece; with `follow` until the attempt has ended."""
    file = folder.attempt(number) / "log.txt"
    position = 0
    while True:
        ended = folder.read_exit(number) is not None or not follow
        if file.is_file():
            with file.open("rb") as log:
                log.seek(position)
                while piece := log.read(_PIECE_BYTES):
                    position += len(piece)
                    yield piece
        if ended:
            return
        time.sleep(_TICK_S)


def why(trial: TrialId, runs: Runs = RUNS) -> None:
    """Tell the story of a trial, and what to type next.

    What it is, what happened to it, and what it waits for.

    \b
    Examples:
      python -m orchestrator why 3f2a
    """
    from orchestrator.evidence.edges.decisions import ended_early
    from orchestrator.evidence.state import State
    from orchestrator.verbs.absent_files import absent_lines
    from orchestrator.verbs.by_hand import by_hand
    from orchestrator.verbs.story import why as story

    folder = open_runs(runs)
    submission, seen, found = find_trial(folder, trial)
    *lines, ahead = story(submission, seen, found, pruned=ended_early(folder.trial(found)))
    failed = seen.states[found.id] is State.FAILED
    absent = absent_lines(folder, submission, seen.evidence[found.id]) if failed else []
    tell("\n".join([*lines, *absent, *by_hand(folder, submission, found)]))
    say_next(ahead.removeprefix("next: "), runs)
