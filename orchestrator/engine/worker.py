"""A worker: claim ▸ run ▸ publish ▸ advance, until nothing is left that it may start.

`python -m orchestrator.engine.worker SUBMISSION_FOLDER INDEX` is what runs here and in Slurm jobs alike; the
sentinel job says `wake` instead of a number.
The worker imports what tasks ask for once and forks a runner for each attempt: it never computes and never
touches CUDA itself.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from datetime import datetime
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance, is_over
from orchestrator.engine.attempt import Worker, attempt_trial
from orchestrator.engine.claim import claim, claim_asked
from orchestrator.engine.observe import Observer, read_submission
from orchestrator.engine.runner import STOP_SIGNALS
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import OrchestratorError, SchedulerError
from orchestrator.messages.terminal import stamp
from orchestrator.places import local
from orchestrator.places.job_log import Entry, JobLog, Submitted
from orchestrator.places.profile import LOCAL, least_lead
from orchestrator.places.slurm import cluster as slurm
from orchestrator.places.slurm.queue import end_of_job
from orchestrator.places.slurm.sbatch import BEGAN

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.submission import Submission
    from orchestrator.study.shape import Shape

_POLL_S = 0.5
_FRESH_S = 1.0
_PAUSE_S = 15.0
"""Looking after the study as a whole costs a question to the scheduler."""
_TROUBLE_S = 300
"""So much later it looks again after the scheduler failed or refused."""
_FIRST_PAUSES_S, _LONGEST_PAUSE_S = (0, 2, 5, 15, 60, 150), 300
_STAY_S = 300
"""So long a worker stays, after its last trial, for a study that nothing else would go on with."""
_LAST_S = 60
_STARTER_S = 0.1


def work(entry: str, index: int) -> None:
    """Claim and run trials until none is left for this worker."""
    worker = _introduce(Path(entry), index)
    if worker is None:
        return
    for number in STOP_SIGNALS:
        signal.signal(number, worker.stop)
    until = datetime.fromtimestamp(worker.deadline).astimezone()
    stamp(f"worker {worker.name} as {worker.job}, until {until}")
    observer, idle_since = Observer(worker.runs, worker.submission), time.time()
    while not worker.stopping and worker.enough_time():
        newest = read_submission(worker.runs, worker.submission.study.name)
        if worker.entry.intent is None or newest.code != worker.entry.intent.code:
            stamp("a newer submit wants other code")
            break
        if newest != worker.submission:
            worker.submission, observer = newest, Observer(worker.runs, newest)
        seen = observer.look()
        if _work_off(worker, seen):
            idle_since = time.time()
            _advance(worker)
        elif _worth_waiting(worker, seen, idle_since):
            worker.fresh = False
            time.sleep(_POLL_S)
        else:
            break
    worker.entry.mark("ended", index, worker.job)
    _leave(worker)
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
    """Advance the study: what the sentinel job does when workers it watched are gone."""
    folder, job = Path(entry), slurm.this_job() or local.job_name(os.getpid())
    mine = _named(folder, job)
    if mine is None or mine.intent is None:
        stamp(f"no submission names {job}, so this sentinel ends at once")
        return
    study = folder.parents[1]
    _hand_over(RunFolder(study.parents[1]), study.name, time.time() + mine.intent.shape.time - _LAST_S)


def _hand_over(runs: RunFolder, name: str, until: float) -> None:
    """Advance a study until it is over or something else is sure to go on with it, at most until a Unix time.

    An answer may be missing, a starter may just have died, lost workers' hearts may have beaten a moment ago.
    """
    said = ""
    for pause_s in chain(_FIRST_PAUSES_S, repeat(_LONGEST_PAUSE_S)):
        if time.time() + pause_s > until:
            break
        time.sleep(pause_s)
        try:
            advanced = advance(runs, name)
        except SchedulerError as error:
            hindrance = str(error)
        else:
            if advanced.watched and not advanced.elsewhere:
                return
            hindrance = advanced.hindrance
        if hindrance and hindrance != said:
            stamp(f"advance: {hindrance}")
            said = hindrance
    stamp(f"nothing is queued that would go on with `{name}`: type `advance {name}` when there is room")


def _introduce(entry: Path, index: int) -> Worker | None:
    """Return the worker that this program is; None when its submission does not name it."""
    runs, study = RunFolder(entry.parents[3]), entry.parents[1].name
    job = local.job_name(os.getpid()) if _is_local(entry) else slurm.this_job() or local.job_name(os.getpid())
    mine = _named(entry, job)
    if mine is None or mine.intent is None:
        stamp(f"no submission names {job}, so this worker ends at once and claims nothing")
        return None
    submission, shape = read_submission(runs, study), mine.intent.shape
    mine.mark("started", index, job)
    end, known = _end(job, submission, shape)
    return Worker(
        entry=mine,
        runs=runs,
        submission=submission,
        shape=shape,
        job=job,
        name=f"{entry.name}-{index}",
        deadline=end - least_lead(submission.profile, shape),
        end_known=known,
    )


def _is_local(entry: Path) -> bool:
    intent = JobLog(entry.parents[1]).entry(int(entry.name)).intent
    return intent is not None and intent.cluster == LOCAL.name


def _named(folder: Path, job: str) -> Entry | None:
    """Return this program's submission if it names the job; None when it does not, for good.

    While nobody has written down what came of the submission, a job of Slurm does so itself: its array is all
    that came of it. A worker on this machine waits for its starter as long as that lives.
    """
    log = JobLog(folder.parents[1])
    while (entry := log.entry(int(folder.name))).intent is not None and entry.open:
        if job.startswith("slurm:"):
            entry.settle(Submitted(jobs=slurm.array_of(job, entry.intent.count)))
        elif local.is_alive(entry.intent.starter) is False:
            entry.settle(Submitted(jobs=local.LocalCluster().find(entry)))
        else:
            time.sleep(_STARTER_S)
    return entry if job in set(entry.jobs) - entry.ended() else None


def _end(job: str, submission: Submission, shape: Shape) -> tuple[float, bool]:
    """Return the Unix time at which this program will be ended, and whether the scheduler has said so.

    Until it answers, what the job asked for counts from the moment its script began: never more than it gets.
    """
    began = float(os.environ.get(BEGAN, "nan"))
    asked = (time.time() if math.isnan(began) else began) + shape.time
    if not job.startswith("slurm:"):
        return asked, True
    said = os.environ.get("SLURM_JOB_END_TIME")  # since Slurm 23.02
    end = float(said) if said else end_of_job(job.removeprefix("slurm:"), submission.profile.patience)
    return (asked, False) if end is None else (end, True)


def _learn_end(worker: Worker) -> None:
    """Ask again when the job will be ended, if nobody could tell before."""
    if not worker.end_known:
        end, worker.end_known = _end(worker.job, worker.submission, worker.shape)
        worker.deadline = end - least_lead(worker.submission.profile, worker.shape)


def _worth_waiting(worker: Worker, seen: Seen, idle_since: float) -> bool:
    """Say whether a trial that fits may become ready while the worker may still idle."""
    if is_over(seen) or time.time() - idle_since >= worker.submission.profile.linger:
        return False
    fitting = {stage.name for stage in worker.submission.study.stages if stage.shape.fits(worker.shape)}
    return bool(fitting & seen.plan.undecided.keys()) or any(
        trial.stage in fitting and not seen.states[trial.id].ended for trial in seen.plan.trials
    )


def _advance(worker: Worker) -> None:
    """Let the study go on, unless this worker did so a moment ago."""
    if time.time() - worker.advanced < _PAUSE_S or _stopped_by_user(worker):
        return
    worker.advanced = time.time()
    _learn_end(worker)
    try:
        advance(worker.runs, worker.submission.study.name)
    except OrchestratorError as error:  # its own trials matter more than starting other workers
        stamp(f"advance: {error}")
        worker.advanced += _TROUBLE_S


def _leave(worker: Worker) -> None:
    """Let the study go on without this worker, and stay for a while if nothing else would see to it."""
    if _stopped_by_user(worker):
        return
    stay = min(_STAY_S, worker.deadline + least_lead(worker.submission.profile, worker.shape) - time.time())
    try:
        _hand_over(worker.runs, worker.submission.study.name, time.time() + max(0.0, stay))
    except OrchestratorError as error:
        stamp(f"advance: {error}")


def _stopped_by_user(worker: Worker) -> bool:
    """Say whether the study is to stop: here a stop signal comes from the user, on a cluster from Slurm."""
    return worker.stopping and worker.submission.profile.here


def main() -> None:
    """Be a worker or a sentinel, as the command line says."""
    bar_strangers()
    entry, name = sys.argv[1:3]
    try:
        wake(entry) if name == "wake" else work(entry, int(name))
    except OrchestratorError as error:
        stamp(f"error: {error}" + (f"; {error.hint}" if error.hint else ""))
        raise SystemExit(error.exit_code) from None
    except OSError as error:  # a full disk ends the worker, not the trials that wait
        stamp(f"worker ends: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
