"""A worker: claim ▸ run ▸ publish ▸ advance, until nothing is left that it may start.

`python -m orchestrator.engine.work LAUNCH_FOLDER INDEX` is what runs here and in jobs of a cluster alike;
the sentinel job says `wake` instead of a number.
The worker imports what tasks ask for once and forks a runner for each attempt: it never computes and never
touches CUDA itself.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.engine.advance import advance, is_over
from orchestrator.engine.ask import AskAhead
from orchestrator.engine.attempt import attempt_trials
from orchestrator.engine.claim import Offers, claim_asked
from orchestrator.engine.command_nodes import offered
from orchestrator.engine.gpu_look import gpu_trouble
from orchestrator.engine.hand_over import hand_over, wake
from orchestrator.engine.lockstep import get_ready, with_companions
from orchestrator.engine.observe import Newest, Observer
from orchestrator.engine.own_job import own_job
from orchestrator.engine.runner import STOP_SIGNALS
from orchestrator.engine.slots import in_slots
from orchestrator.engine.stop_mark import is_stopped
from orchestrator.engine.worker import Worker
from orchestrator.evidence.failure_class import GPU_FAILURE
from orchestrator.files.strangers import bar_strangers
from orchestrator.messages.errors import OrchestratorError
from orchestrator.messages.terminal import stamp
from orchestrator.places.job_log import GpuFailure
from orchestrator.places.wall_limit import Pace, WallLimit, least_lead

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen

_POLL_S = 0.5
_FRESH_S = 1.0
_PAUSE_S = 15.0
"""Looking after the study as a whole costs a question to the scheduler."""
_TROUBLE_S = 300
"""So much later it looks again after the scheduler failed or refused."""
_STAY_S = 300
"""So long a worker stays, after its last trial, for a study that nothing else would go on with."""


def work(folder: Path, index: int) -> None:
    """Claim and run trials until none is left for this worker."""
    worker = _introduce(folder, index)
    if worker is None:
        return
    for number in STOP_SIGNALS:
        signal.signal(number, worker.stop)
    until = datetime.fromtimestamp(worker.limit.stop_time(Pace())).astimezone()
    stamp(f"worker {worker.name} as {worker.job}, until {until}")
    _check_gpus(worker, index)
    if worker.shape.slots > 1:
        in_slots(worker, _take_trials)
    else:
        _take_trials(worker)
    worker.launch.mark("ended", index, worker.job)
    _leave(worker)
    stamp("worker ends")


def _take_trials(worker: Worker) -> None:
    """Claim and run trials until none is left for this worker, or for this slot of it."""
    newest = Newest(worker.runs, worker.submission.study.name)
    observer, idle_since = Observer(worker.runs, newest.submission), time.time()
    while worker.fit() and not _is_stopped(worker):
        if newest.replaced():
            observer = Observer(worker.runs, newest.read_again())
        worker.submission = newest.submission
        if worker.launch.intent is None or worker.submission.code != worker.launch.intent.code:
            stamp("a newer submit wants other code")
            break
        seen = observer.look()
        if _work_off(worker, observer, seen, newest):
            idle_since = time.time()
            _advance(worker, observer, newest)
        elif _worth_waiting(worker, seen, idle_since):
            worker.fresh = False
            time.sleep(_POLL_S)
        else:
            break
    worker.tidy()


def _work_off(worker: Worker, observer: Observer, seen: Seen, newest: Newest) -> bool:
    """Run what was seen to be ready, as long as the sight is fresh; say whether there was anything.

    A claim is sure even when the sight is old: looking again after each of many short trials is not needed.
    """
    get_ready(worker, seen)
    offers = Offers(worker, observer, seen)
    looked = time.time()
    while worker.fit() and not _is_stopped(worker) and not newest.replaced():
        claimed = offers.claim() or (None if offers.tried else claim_asked(worker, observer, seen))
        if claimed is None:
            return bool(offers.tried)
        taken = with_companions(worker, observer, claimed)
        offers.tried.update(trial.id for trial, _ in taken)
        ahead = AskAhead(worker, observer, seen)
        with worker.slot.at_trial() if worker.slot else nullcontext():
            done = attempt_trials(worker, taken, observer, ahead=ahead)
        for trial, _ in taken:
            observer.tell(trial)
        if not done or time.time() - looked > _FRESH_S:  # one that fails may pause its stage
            break
    return True


def _check_gpus(worker: Worker, index: int) -> None:
    """Let a worker that cannot use its GPUs take no trial, and write down why."""
    found = "" if _is_stopped(worker) else gpu_trouble(worker)
    if not found:
        return
    failure = GpuFailure(
        job=worker.job,
        host=socket.gethostname(),
        node=worker.place.this_node(),
        gpus=worker.shape.gpus,
        found=found,
        time=time.time(),
    )
    worker.launch.cannot_use_gpus(index, failure)
    worker.broken = True
    stamp(f"{GPU_FAILURE} on {failure.where}: {found}; this worker claims nothing")


def _is_stopped(worker: Worker) -> bool:
    return is_stopped(worker.runs, worker.submission.study.name)


def _introduce(folder: Path, index: int) -> Worker | None:
    """Return the worker that this program is; None when its launch does not name it."""
    mine = own_job(folder, "worker")
    if mine is None:
        return None
    mine.launch.mark("started", index, mine.job)
    limit = WallLimit(
        end=mine.place.end_of(mine.job, mine.shape.time),
        seconds=mine.shape.time,
        least_lead=least_lead(mine.submission.profile, mine.shape),
    )
    os.environ.update(offered(mine.shape, mine.place))
    return Worker(**vars(mine), name=f"{folder.name}-{index}", limit=limit)


def _worth_waiting(worker: Worker, seen: Seen, idle_since: float) -> bool:
    """Say whether a trial that fits may become ready while the worker may still idle."""
    if is_over(seen) or (worker.alone and time.time() - idle_since >= worker.submission.profile.linger):
        return False
    stages = {stage.name: stage for stage in worker.submission.study.stages}
    fitting = {
        (stage.name, shape) for stage in stages.values() for shape in stage.shapes if shape.fits(worker.shape)
    }
    return bool({name for name, _ in fitting} & seen.plan.undecided.keys()) or any(
        not seen.states[trial.id].ended and (trial.stage, stages[trial.stage].shape_of(trial)) in fitting
        for trial in seen.plan.trials
    )


def _advance(worker: Worker, observer: Observer, newest: Newest) -> None:
    """Let the study go on, unless this worker did so a moment ago or has to read a newer submission first."""
    if time.time() - worker.advanced < _PAUSE_S or _stopped_by_user(worker) or newest.replaced():
        return
    worker.advanced = time.time()
    if not worker.limit.end.known:  # nobody could tell before
        worker.limit = replace(worker.limit, end=worker.place.end_of(worker.job, worker.shape.time))
    try:
        advance(
            worker.runs,
            worker.submission.study.name,
            observer=observer,
            leaving=lambda: _stopped_by_user(worker),
        )  # who is told to end while it starts others starts none
    except OrchestratorError as error:  # its own trials matter more than starting other workers
        stamp(f"advance: {error}")
        worker.advanced += _TROUBLE_S


def _leave(worker: Worker) -> None:
    """Let the study go on without this worker, and stay for a while if nothing else would see to it."""
    if _stopped_by_user(worker):
        return
    stay = min(_STAY_S, worker.limit.end.time - time.time())
    try:
        hand_over(
            worker.runs,
            worker.submission.study.name,
            time.time() + max(0.0, stay),
            leaving=lambda: _stopped_by_user(worker),
        )
    except OrchestratorError as error:
        stamp(f"advance: {error}")


def _stopped_by_user(worker: Worker) -> bool:
    """Say whether the study is to stop: here the user sends the signal, on a cluster its scheduler."""
    return worker.stopping and worker.submission.profile.here


def main() -> None:
    """Be a worker or a sentinel, as the command line says."""
    bar_strangers()
    folder, name = Path(sys.argv[1]), sys.argv[2]
    try:
        wake(folder) if name == "wake" else work(folder, int(name))
    except OrchestratorError as error:
        stamp(f"error: {error}" + (f"; {error.hint}" if error.hint else ""))
        raise SystemExit(error.exit_code) from None
    except OSError as error:  # a full disk ends the worker, not the trials that wait
        stamp(f"worker ends: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
