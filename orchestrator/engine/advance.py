"""The one function that moves a study forward: observe ▸ recover ▸ extend ▸ submit.

Everybody may call it at any moment, twice at once too: `submit`, `watch`, a worker after each trial, the
sentinel job. Searches are extended by the worker that is free to run the new trial.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.demand import orders, wanted
from orchestrator.engine.lost_attempts import explain_losses
from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.starter import Starter
from orchestrator.evidence.failure import failed_nodes
from orchestrator.evidence.state import Seen, State
from orchestrator.places.job_log import JobLog

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.submission import Submission

_AVOIDED_S = 3600
"""So long no worker is started on a node that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What was seen, and what was started because of it."""

    seen: Seen
    started: tuple[str, ...] = ()
    live: int = 0
    """Workers queued or active after this."""
    waiting: int = 0
    """Workers for which the queue has no room; they are started when others have ended."""
    hindrance: str = ""
    """Why not everything was done that should have been."""
    elsewhere: bool = False
    """Whether another program is submitting the study at this moment."""
    watched: bool = False
    """Whether the study goes on by itself whatever becomes of its workers, or is over."""


def advance(runs: RunFolder, name: str, *, observer: Observer | None = None) -> Advanced:
    """Look at a study and start the workers it wants.

    Raises SchedulerError when the scheduler refuses, StalledError when workers die before they begin.
    """
    submission = observer.submission if observer else read_submission(runs, name)
    observer = observer or Observer(runs, submission)
    starter = Starter(runs, submission)  # before the look, so that one answer of the queue serves both
    seen = observer.look()
    if explain_losses(runs, seen):
        seen = observer.look()
    starter.avoid = failed_nodes(seen.evidence.values(), since=time.time() - _AVOIDED_S)
    wishes = wanted(submission.study, seen)
    if not wishes and (submission.profile.here or is_over(seen)):
        return Advanced(seen=seen, live=len(_busy(seen)), watched=True)
    if not starter.recover():
        return Advanced(seen=seen, hindrance=starter.hindrance, elsewhere=starter.elsewhere)
    live = starter.live(_busy(seen))
    starter.check_not_stillborn(live)
    try:
        starter.submit(orders(wishes, live, starter.cluster.limits()))
    finally:
        watched = starter.watch_over()  # also over those that were queued before another was refused
    return Advanced(
        seen=seen,
        started=tuple(starter.started),
        live=len(live) + len(starter.started),
        waiting=starter.waiting,
        hindrance=starter.hindrance,
        elsewhere=starter.elsewhere,
        watched=watched,
    )


def waiting_for_room(runs: RunFolder, submission: Submission, seen: Seen) -> tuple[int, str]:
    """Return how many workers wait until the queue has room for them, and what the scheduler said."""
    entries = JobLog(runs.study(submission.study.name)).entries()
    of_workers = [entry for entry in entries if entry.intent and entry.intent.kind == "workers"]
    newest = of_workers[-1] if of_workers else None
    if newest is None or newest.submitted is None or not newest.submitted.full:
        return 0, ""
    mine = [entry for entry in of_workers if entry.starter == newest.starter]
    gave_way = sum(len(entry.ended() - entry.started()) for entry in mine)  # for the sentinel
    wishes = sum(wanted(submission.study, seen).values())
    return min(newest.submitted.waiting + gave_way, wishes), newest.submitted.full


def is_over(seen: Seen) -> bool:
    """Say whether nothing is left that could still go on without a command."""
    open_searches = any(
        opening.remaining and all(seen.states[need] is State.DONE for need in opening.needs.values())
        for opening in seen.plan.openings
    )
    return not open_searches and all(state.ended for state in seen.states.values())


def _busy(seen: Seen) -> set[str]:
    """Return the jobs that are at a trial."""
    return {
        attempts[-1].claim.job
        for trial, state in seen.states.items()
        if state is State.RUNNING
        and (attempts := seen.evidence[trial].attempts)
        and attempts[-1].claim is not None
    }
