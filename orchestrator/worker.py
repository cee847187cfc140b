"""A worker: claim ▸ run ▸ publish ▸ advance, until nothing is left that it may start.

`python -m orchestrator.worker SUBMISSION_FOLDER INDEX` is what runs here and in Slurm jobs alike; the
sentinel job says `wake` instead of a number.
The worker imports what tasks ask for once and forks a runner for each attempt: it never computes and never
touches CUDA itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.advance import advance, is_over
from orchestrator.attempt import Worker, attempt_trial
from orchestrator.claim import claim, claim_asked
from orchestrator.core.submission import LOCAL
from orchestrator.edges import local, slurm
from orchestrator.edges.job_log import JobLog
from orchestrator.edges.queue import end_of_job
from orchestrator.edges.store import RunFolder
from orchestrator.errors import OrchestratorError, SchedulerError
from orchestrator.observe import Observer, read_submission
from orchestrator.runner import STOP_SIGNALS
from orchestrator.terminal import stamp

if TYPE_CHECKING:
    from orchestrator.core.shape import Shape
    from orchestrator.core.state import Seen

_POLL_S = 0.5
_FRESH_S = 1.0
_PAUSE_S = 15.0
"""Looking after the study as a whole costs a question to the scheduler."""


def work(entry: str, index: int) -> None:
    """Claim and run trials until none is left for this worker."""
    worker = _introduce(Path(entry), index)
    for number in STOP_SIGNALS:
        signal.signal(number, worker.stop)
    until = datetime.fromtimestamp(worker.deadline).astimezone()
    stamp(f"worker {worker.name} as {worker.job}, until {until}")
    observer, idle_since = Observer(worker.runs, worker.submission), time.time()
    while not worker.stopping and worker.enough_time():
        newest = read_submission(worker.runs, worker.submission.study.name)
        if newest.code != worker.submission.code:
            stamp("a newer submit wants other code")
            break
        if newest != worker.submission:
            worker.submission, observer = newest, Observer(worker.runs, newest)
        seen = observer.look()
        if _work_off(worker, seen):
            idle_since = time.time()
            _advance(worker, pause_s=_PAUSE_S)
        elif _worth_waiting(worker, seen, idle_since):
            worker.fresh = False
            time.sleep(_POLL_S)
        else:
            break
    worker.entry.mark("ended", index, worker.job)
    _advance(worker, pause_s=0)
    stamp("worker ends")


def _work_off(worker: Worker, seen: Seen) -> bool:
    """Run what was seen to be ready, as long as the sight is fresh; say whether there was anything.

    A claim is sure even when the sight is old: looking again after each of many short trials is not needed.
    """
    tried: set[str] = set()
    looked = time.time()
    while not worker.stopping and worker.enough_time():
        claimed = claim(worker, seen, tried) or (None if tried else claim_asked(worker, seen))
        if claimed is None:
            return bool(tried)
        done = attempt_trial(worker, *claimed)
        tried.add(claimed[0].id)
        if not done or time.time() - looked > _FRESH_S:  # one that fails may pause its stage
            break
    return True


def wake(entry: str) -> None:
    """Advance the study: what the sentinel job does when all workers it watched are gone."""
    study = Path(entry).parents[1]
    for pause_s in (0, 5, 15, 60, 150):  # an answer may be missing, or a starter may just have died
        time.sleep(pause_s)
        try:
            advanced = advance(RunFolder(study.parents[1]), study.name)
        except SchedulerError as error:
            stamp(f"advance: {error}")
            continue
        if advanced.live or is_over(advanced.seen):
            return


def _introduce(entry: Path, index: int) -> Worker:
    runs, study = RunFolder(entry.parents[3]), entry.parents[1].name
    submission = read_submission(runs, study)
    mine = JobLog(runs.study(study)).entry(int(entry.name))
    assert mine.intent is not None, f"{entry} has no intent"
    shape = mine.intent.shape
    here = mine.intent.cluster == LOCAL.name
    job = (None if here else slurm.this_job()) or local.job_name(os.getpid())
    mine.mark("started", index, job)
    return Worker(
        entry=mine,
        runs=runs,
        submission=submission,
        shape=shape,
        job=job,
        name=f"{entry.name}-{index}",
        deadline=_end(job, shape) - slurm.lead(submission.profile, shape),
    )


def _end(job: str, shape: Shape) -> float:
    if job.startswith("slurm:") and (end := end_of_job(job.removeprefix("slurm:"))):
        return datetime.fromisoformat(end).timestamp()
    return time.time() + shape.time


def _worth_waiting(worker: Worker, seen: Seen, idle_since: float) -> bool:
    """Say whether a trial that fits may become ready while the worker may still idle."""
    if is_over(seen) or time.time() - idle_since >= worker.submission.profile.linger:
        return False
    fitting = {stage.name for stage in worker.submission.study.stages if stage.shape.fits(worker.shape)}
    return bool(fitting & seen.plan.undecided.keys()) or any(
        trial.stage in fitting and not seen.states[trial.id].ended for trial in seen.plan.trials
    )


def _advance(worker: Worker, pause_s: float) -> None:
    """Let the study go on, unless this worker did so a moment ago."""
    if time.time() - worker.advanced < pause_s:
        return
    if worker.stopping and worker.submission.profile.name == LOCAL.name:
        return  # here a stop signal comes from the user, on a cluster from the scheduler
    worker.advanced = time.time()
    try:
        advance(worker.runs, worker.submission.study.name)
    except OrchestratorError as error:  # its own trials matter more than starting other workers
        stamp(f"advance: {error}")


def main() -> int:
    """Work, or wake the study; a disk that is full ends the worker, not the trials that wait."""
    entry, name = sys.argv[1:3]
    try:
        if name == "wake":
            wake(entry)
        else:
            work(entry, int(name))
    except OSError as error:
        stamp(f"worker ends: {error}")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
