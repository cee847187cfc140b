"""The one function that moves a study forward: observe ▸ recover ▸ extend ▸ submit.

Everybody may call it at any moment, twice at once too: `submit`, `watch`, a worker after each trial, the
sentinel job. Searches are extended by the worker that is free to run the new trial.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.engine.closing import close_searches
from orchestrator.engine.demand import busy_jobs, wanted
from orchestrator.engine.lost_attempts import explain_losses
from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.starter import Advanced, Starter
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.evidence.state import Seen, State
from orchestrator.messages.errors import StoppedError
from orchestrator.places.job_log import JobLog
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission


def advance(
    runs: RunFolder,
    name: str,
    *,
    observer: Observer | None = None,
    leaving: Callable[[], bool] = lambda: False,
) -> Advanced:
    """Look at a study and start the workers it wants; none once it is stopped, or this program `leaving`.

    Raises SchedulerError when the scheduler refuses, StalledError when workers end before they take a trial.
    """
    submission = observer.submission if observer else read_submission(runs, name)
    observer = observer or Observer(runs, submission)
    # before the look, so that one answer of the queue serves both
    starter = Starter(runs, submission, halted=lambda: leaving() or is_stopped(runs, name))
    seen = observer.look()
    if explained := explain_losses(runs, submission.profile, seen):
        for trial in explained:
            observer.doubt(trial)
        seen = observer.look()
    if close_searches(runs, seen, time.time()):
        seen = observer.look()
    wishes = wanted(submission.study, seen)
    if is_stopped(runs, name) or (not wishes and (submission.profile.here or is_over(seen))):
        return Advanced(submission=submission, seen=seen, live=len(busy_jobs(seen)), watched=True)
    try:
        return starter.start(seen, wishes)
    except StoppedError:
        return Advanced(submission=submission, seen=seen, live=len(busy_jobs(seen)), watched=True)


def waiting_for_room(runs: RunFolder, submission: Submission, seen: Seen) -> tuple[int, str]:
    """Return how many workers wait until the queue has room for them, and what the scheduler said."""
    launches = JobLog(runs.study(submission.study.name)).launches()
    of_workers = [launch for launch in launches if launch.intent and launch.intent.kind == "workers"]
    newest = of_workers[-1] if of_workers else None
    if newest is None or newest.launched is None or not newest.launched.full:
        return 0, ""
    place = place_of(submission.profile)
    if not place.queue_program and place.count() < newest.launched.queued:
        return 0, ""  # GPUs of this machine have become free, and nobody has tried since
    mine = [launch for launch in of_workers if launch.starter == newest.starter]
    gave_way = sum(len(launch.ended() - launch.started()) for launch in mine)  # for the sentinel
    wishes = sum(wanted(submission.study, seen).values())
    return min(newest.launched.waiting + gave_way, wishes), newest.launched.full


def has_ended(runs: RunFolder, seen: Seen) -> bool:
    """Say whether nothing will become of the study without a command: it is over, or stopped and at rest."""
    return is_over(seen) or (is_stopped(runs, seen.plan.study) and not busy_jobs(seen))


def is_over(seen: Seen) -> bool:
    """Say whether nothing is left that could still go on without a command."""
    open_searches = any(
        opening.remaining and all(seen.states[need] is State.DONE for need in opening.needed.ids)
        for opening in seen.plan.openings
    )
    return not open_searches and all(state.ended for state in seen.states.values())
