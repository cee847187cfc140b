"""Whether a study stands still though there is work that a worker could take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.engine.advance import is_over, waiting_for_room
from orchestrator.engine.demand import wanted
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.evidence.state import State
from orchestrator.places.job_log import JobLog
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission

_JUST_S = 15
"""So long after a `submit` its workers may still be about to be started."""


def waits_in_vain(runs: RunFolder, submission: Submission, seen: Seen) -> int:
    """Return how many trials wait while no worker lives, is queued or is being started; 0 where one may."""
    name = submission.study.name
    if State.RUNNING in seen.states.values() or is_over(seen) or is_stopped(runs, name):
        return 0
    if time.time() - submission.time < _JUST_S or not wanted(submission.study, seen):
        return 0
    if waiting_for_room(runs, submission, seen)[0] or _may_have_workers(runs, submission):
        return 0
    return sum(not state.ended for state in seen.states.values()) + sum(seen.plan.undecided.values())


def _may_have_workers(runs: RunFolder, submission: Submission) -> bool:
    """Say whether a worker lives or is queued, or may: silence of a scheduler is no answer."""
    launches = JobLog(runs.study(submission.study.name)).launches()
    if any(launch.open and launch.starter_lives() is not False for launch in launches):
        return True
    place = place_of(submission.profile)
    workers = [one for one in launches if one.intent and one.intent.kind == "workers"]
    return any(place.is_alive(job) is not False for one in workers for job in set(one.jobs) - one.ended())
