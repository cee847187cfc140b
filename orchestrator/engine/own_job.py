"""Which job this program is: the place that started it, and the launch that names it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.observe import read_submission
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.messages.terminal import stamp
from orchestrator.places.job_log import JobLog, Launch, Launched
from orchestrator.places.table import place_of_launch

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.evidence.submission import Submission
    from orchestrator.places.place import Place
    from orchestrator.study.shape import Shape

_STARTER_S = 0.1


@dataclass(kw_only=True, repr=False)  # a text of the whole study, which `signal` makes of each handler
class OwnJob:
    """A worker or a sentinel that a launch names."""

    runs: RunFolder
    submission: Submission
    launch: Launch
    shape: Shape
    place: Place
    job: str


def own_job(folder: Path, what: str) -> OwnJob | None:
    """Return what this program was started as by the launch in a folder; None when that does not name it."""
    study = folder.parents[1]
    runs, log = RunFolder(study.parents[1]), JobLog(study)
    submission = read_submission(runs, study.name)
    place = place_of_launch(log.launch(int(folder.name)), submission.profile)
    name = place.this_job()
    launch = _settled(log, int(folder.name), place, name)
    if launch.intent is None or name not in set(launch.jobs) - launch.ended():
        stamp(f"no submission names {name}, so this {what} ends at once and claims nothing")
        return None
    shape = launch.intent.shape
    return OwnJob(runs=runs, submission=submission, launch=launch, shape=shape, place=place, job=name)


def _settled(log: JobLog, number: int, place: Place, name: str) -> Launch:
    """Return this program's launch once it is known, for good, what came of it.

    While nobody has written that down, a job of a scheduler does so itself: those queued with it are all that
    came of it. A worker on this machine waits for its starter as long as that lives.
    """
    while (launch := log.launch(number)).intent is not None and launch.open:
        jobs = place.started_with(name, launch)
        if jobs is None:
            time.sleep(_STARTER_S)
        else:
            launch.settle(Launched(jobs=jobs))
    return launch
