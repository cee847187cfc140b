"""Cancel trials, and make ended trials ready again."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.engine.demand import busy_jobs
from orchestrator.engine.observe import Observer, cancel_mark
from orchestrator.engine.stop_mark import lay_stop, lift_stop
from orchestrator.evidence.state import State
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.places.job_log import JobLog
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial


_FORGIVEN = frozenset({State.FAILED, State.PRUNED, State.CANCELLED})
_RESTARTED = _FORGIVEN | {State.INTERRUPTED, State.LOST}


def cancel_trials(runs: RunFolder, submission: Submission, beginnings: Sequence[str]) -> int:
    """Mark trials as cancelled; with none named all of the study's, and its waiting jobs too.

    A worker that is at a cancelled trial stops it at the next step boundary. A study that is cancelled as a
    whole is stopped before anything else: what only becomes known then is not begun either.
    """
    if not beginnings:
        lay_stop(runs, submission.study.name, "cancel")
    seen = Observer(runs, submission).look()
    unfinished = [trial.id for trial in _chosen(seen, beginnings) if not seen.states[trial.id].ended]
    searches = [] if beginnings else [opening.key for opening in seen.plan.openings]
    for key in (*unfinished, *searches):
        mark = cancel_mark(runs, submission.study.name, key)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    if not beginnings:
        _cancel_jobs(runs, submission, seen)
    return len(unfinished)


def _cancel_jobs(runs: RunFolder, submission: Submission, seen: Seen) -> None:
    """Take jobs that are at no trial out of the queue; those at one end by themselves, with a checkpoint."""
    place = place_of(submission.profile, time.monotonic())
    if not place.queue_program:
        return
    launches = JobLog(runs.study(submission.study.name)).launches()
    jobs = {job for launch in launches for job in launch.jobs} - busy_jobs(seen).keys()
    place.cancel(sorted(job for job in jobs if place.is_alive(job)))


def forgive_trials(
    runs: RunFolder, submission: Submission, beginnings: Sequence[str], *, restart: bool = False
) -> int:
    """Make failed, pruned and cancelled trials ready again, with their checkpoints; return how many.

    To `restart` sets the checkpoints aside, of interrupted and lost trials too.
    Raises NotFoundError when there is no such trial, UserError when all that are meant are in another state.
    """
    if not submission.profile.here:  # there the trials go on at once, here with the next `submit`
        lift_stop(runs, submission.study.name)
    seen = Observer(runs, submission).look()
    taken = _RESTARTED if restart else _FORGIVEN
    _check_any(seen, beginnings, taken)
    for opening in seen.plan.openings if not beginnings else ():
        cancel_mark(runs, submission.study.name, opening.key).unlink(missing_ok=True)
    count = 0
    for trial in _chosen(seen, beginnings):
        state = seen.states[trial.id]
        if state not in taken:
            continue
        cancel_mark(runs, submission.study.name, trial.id).unlink(missing_ok=True)
        attempts = seen.evidence[trial.id].attempts
        if attempts:
            folder = runs.trial(trial)
            (folder.attempt(attempts[-1].number) / "forgiven").touch()
            if restart:
                folder.set_checkpoint_aside(attempts[-1].number)
        count += 1
    return count


def _check_any(seen: Seen, beginnings: Sequence[str], taken: Collection[State]) -> None:
    states = Counter(seen.states[trial.id] for trial in _chosen(seen, beginnings))
    if beginnings and not states.keys() & taken:
        found = ", ".join(f"{count} {state}" for state, count in states.items())
        raise UserError(
            f"`{'`, `'.join(beginnings)}`: nothing to take up again ({found})",
            hint=f"retry takes trials that are {', '.join(sorted(taken))}; see them with: "
            f"python -m orchestrator status {seen.plan.study}",
        )


def _chosen(seen: Seen, beginnings: Sequence[str]) -> list[Trial]:
    trials = list(seen.plan.by_id.values())
    unknown = [text for text in beginnings if not any(trial.id.startswith(text) for trial in trials)]
    if unknown:
        raise NotFoundError(
            f"the study has no trial `{'`, `'.join(unknown)}`",
            hint="see ids with: python -m orchestrator status STUDY --json",
        )
    return [trial for trial in trials if not beginnings or trial.id.startswith(tuple(beginnings))]
