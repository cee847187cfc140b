"""A worker: claim ▸ run ▸ publish ▸ advance, until nothing is left that it may start.

`python -m orchestrator.worker SUBMISSION_FOLDER INDEX` is what runs here and in Slurm jobs alike; the
sentinel job says `wake` instead of a number.
The worker imports what tasks ask for once and forks a runner for each attempt: it never computes and never
touches CUDA itself.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.advance import advance, is_over
from orchestrator.core.failure import classify
from orchestrator.core.plan import Asked
from orchestrator.core.state import Claim, Exit, Failure
from orchestrator.core.submission import LOCAL
from orchestrator.edges import local, slurm
from orchestrator.edges.job_log import Entry, JobLog
from orchestrator.edges.queue import end_of_job
from orchestrator.edges.store import RunFolder, publish
from orchestrator.edges.suggest import Told, suggest
from orchestrator.edges.task_source import TaskError, find_task
from orchestrator.errors import OrchestratorError, SchedulerError
from orchestrator.observe import Observer, cancel_mark, read_submission
from orchestrator.runner import STOP_SIGNALS, run_attempt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from orchestrator.core.plan import Opening
    from orchestrator.core.shape import Shape
    from orchestrator.core.state import Seen
    from orchestrator.core.submission import Submission
    from orchestrator.core.trial import Trial
    from orchestrator.edges.store import TrialFolder

_BEAT_S = 5.0
_POLL_S = 0.5
_PAUSE_S = 15.0
"""Looking after the study as a whole costs a question to the scheduler."""
_ENOUGH_S = 600
"""A trial is started when at least this much time is left, or half of the wall limit if that is less."""


@dataclass
class Worker:
    """Who this worker is, and how long it may work."""

    runs: RunFolder
    submission: Submission
    entry: Entry
    shape: Shape
    job: str
    name: str
    deadline: float
    """Unix time at which the trial it is at has to be stopped."""
    stopping: bool = False
    advanced: float = 0.0
    """When it last looked after the study as a whole."""

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after the trial at hand, which is told to save itself; nothing else happens inside a signal."""
        self.stopping = True

    def enough_time(self) -> bool:
        """Say whether another trial could make progress before the deadline."""
        return self.deadline - time.time() >= min(_ENOUGH_S, self.shape.time / 2)


def work(entry: str, index: int) -> None:
    """Claim and run trials until none is left for this worker."""
    worker = _introduce(Path(entry), index)
    for number in STOP_SIGNALS:
        signal.signal(number, worker.stop)
    say(f"worker {worker.name} as {worker.job}, until {datetime.fromtimestamp(worker.deadline).astimezone()}")
    observer = Observer(worker.runs, worker.submission)
    idle_since = time.time()
    while not worker.stopping and worker.enough_time() and _is_current(worker):
        seen = observer.look()
        claimed = _claim(worker, seen) or _claim_asked(worker, seen)
        if claimed is not None:
            _attempt(worker, *claimed)
            idle_since = time.time()
            _advance(worker, pause_s=_PAUSE_S)
        elif _worth_waiting(worker, seen, idle_since):
            time.sleep(_POLL_S)
        else:
            break
    worker.entry.mark("ended", index, worker.job)
    if not (worker.stopping and worker.submission.profile.name == LOCAL.name):
        _advance(worker, pause_s=0)  # here a stop signal comes from the user, on a cluster from the scheduler
    say("worker ends")


def wake(entry: str) -> None:
    """Advance the study: what the sentinel job does when all workers it watched are gone."""
    study = Path(entry).parents[1]
    for pause_s in (0, 5, 15, 60, 150):  # an answer may be missing, or a starter may just have died
        time.sleep(pause_s)
        try:
            advanced = advance(RunFolder(study.parents[1]), study.name)
        except SchedulerError as error:
            say(f"advance: {error}")
            continue
        if advanced.live or is_over(advanced.seen):
            return


def say(text: str) -> None:
    """Write a line to the worker's own log."""
    sys.stderr.write(f"{datetime.now().astimezone().isoformat(timespec='seconds')} {text}\n")
    sys.stderr.flush()


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


def _is_current(worker: Worker) -> bool:
    """Say whether this worker's code is still what the newest submit wants to be run."""
    return read_submission(worker.runs, worker.submission.study.name).code == worker.submission.code


def _worth_waiting(worker: Worker, seen: Seen, idle_since: float) -> bool:
    """Say whether a trial that fits may become ready while the worker may still idle."""
    if time.time() - idle_since >= worker.submission.profile.linger:
        return False
    fitting = {stage.name for stage in worker.submission.study.stages if stage.shape.fits(worker.shape)}
    return bool(fitting & seen.plan.undecided.keys()) or any(
        trial.stage in fitting and not seen.states[trial.id].ended for trial in seen.plan.trials
    )


# --- claim ---------------------------------------------------------------------------------------


def _claim(worker: Worker, seen: Seen) -> tuple[Trial, int] | None:
    """Take the first trial that is ready and fits."""
    for trial in seen.plan.trials:
        shape = worker.submission.study.stage(trial.stage).shape
        if seen.states[trial.id].claimable and shape.fits(worker.shape):
            attempts = seen.evidence[trial.id].attempts
            number = attempts[-1].number + 1 if attempts else 1
            if _take(worker, trial, number):
                return trial, number
    return None


def _claim_asked(worker: Worker, seen: Seen) -> tuple[Trial, int] | None:
    """Ask a search for one more trial and take it."""
    for opening in seen.plan.openings:
        stage = worker.submission.study.stage(opening.stage)
        unfinished = sum(not seen.states[trial.id].ended for trial in opening.trials)
        ready = all(seen.states[need] == "DONE" for need in opening.needs.values())
        if not (
            opening.remaining and ready and unfinished < opening.parallel and stage.shape.fits(worker.shape)
        ):
            continue
        if not _ask(worker, opening, seen):
            continue
        again = Observer(worker.runs, worker.submission).look()
        known = {trial.id for trial in opening.trials}
        for trial in again.plan.of(opening.stage):
            if trial.id not in known and again.states[trial.id].claimable and _take(worker, trial, 1):
                return trial, 1
    return None


def _ask(worker: Worker, opening: Opening, seen: Seen) -> bool:
    search = worker.submission.study.stage(opening.stage).search
    assert search is not None
    told: list[Told] = []
    for trial in opening.trials:
        result = seen.evidence[trial.id].result
        if result is not None and search.objective.metric in result.metrics:
            told.append((trial.params, result.metrics[search.objective.metric]))
        elif not seen.states[trial.id].ended:
            told.append((trial.params, None))
    number = len(opening.trials) + 1
    params = suggest(search, opening.point.seed, told, number)
    after = tuple(trial.id for trial in opening.trials if seen.evidence[trial.id].result)
    return worker.runs.publish_answer(opening.key, Asked(number=number, params=params, after=after))


def _take(worker: Worker, trial: Trial, number: int) -> bool:
    folder = worker.runs.trial(trial)
    folder.describe(trial)
    claim = Claim(
        worker=worker.name,
        job=worker.job,
        host=socket.gethostname(),
        time=time.time(),
        code=worker.submission.code,
    )
    return folder.claim(number, claim)


# --- run -----------------------------------------------------------------------------------------


def _attempt(worker: Worker, trial: Trial, number: int) -> None:
    """Run one attempt in a program of its own, watch over it, and see that it leaves an exit record."""
    folder = worker.runs.trial(trial)
    attempt = folder.attempt(number)
    (attempt / "heartbeat").touch()
    say(f"attempt {number} of {trial.stage} {trial.id}")
    began = time.time()
    _warm(trial.task)
    status = _watch(worker, trial, _start(worker, folder, number))
    if folder.read_exit(number) is None:
        publish(attempt / "exit.json", _vanished(attempt, status, began).model_dump_json(indent=1))


def _warm(task: str) -> None:
    """Import what the task wants imported before the fork; what fails here fails again in the runner."""
    with contextlib.suppress(TaskError, ImportError):
        for module in find_task(task).preload:
            importlib.import_module(module)


def _start(worker: Worker, folder: TrialFolder, number: int) -> int:
    data = Path(worker.submission.data)
    torch = sys.modules.get("torch")
    if (
        torch is not None and torch.cuda.is_initialized()
    ):  # a task touched CUDA on import: a fork would inherit it
        command = [sys.executable, "-m", "orchestrator.runner", str(folder.path), str(number), str(data)]
        with (folder.attempt(number) / "log.txt").open("ab") as log:
            fresh = subprocess.Popen([*command, worker.submission.code], stdout=log, stderr=log)
        return fresh.pid
    gc.freeze()  # shared pages stay shared
    parent, child = os.getpid(), os.fork()
    if child:
        return child
    try:
        _become_runner(parent, folder.attempt(number) / "log.txt")
        run_attempt(folder, number, data, worker.submission.code)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _become_runner(parent: int, log: Path) -> None:
    """Die with the worker, ignore its handlers, and write to the attempt's log."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: no trial goes on without its worker
    if os.getppid() != parent:
        os._exit(1)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def _watch(worker: Worker, trial: Trial, runner: int) -> int:
    """Wait for the runner with a beating heart, pass a stop on to it, return its wait status."""
    heart = worker.runs.trial(trial).newest() / "heartbeat"
    mark = cancel_mark(worker.runs, worker.submission.study.name, trial.id)
    beaten = 0.0
    with _ended(runner) as ended:
        while not ended.poll(_POLL_S * 1000):
            if time.time() - beaten >= _BEAT_S:
                heart.touch()
                beaten = time.time()
            if worker.stopping or time.time() >= worker.deadline or mark.exists():
                os.kill(runner, signal.SIGTERM)  # again and again: the first may come before it listens
    return os.waitpid(runner, 0)[1]


@contextlib.contextmanager
def _ended(pid: int) -> Iterator[select.poll]:
    """Give something to wait on until the program ends."""
    descriptor = os.pidfd_open(pid)
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    try:
        yield waiting
    finally:
        os.close(descriptor)


def _vanished(attempt: Path, status: int, began: float) -> Exit:
    """Return the exit record of a runner that could not write one itself."""
    number = os.waitstatus_to_exitcode(status)
    how = f"killed by signal {-number}" if number < 0 else f"ended with exit code {number}"
    log = attempt / "log.txt"
    tail = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.exists() else ""
    failure = Failure(kind=classify(f"{tail}\n{how}").kind, message=f"the runner was {how}", traceback=tail)
    return Exit(outcome="failed", time=time.time(), seconds=time.time() - began, failure=failure)


def _advance(worker: Worker, pause_s: float) -> None:
    """Let the study go on, unless this worker did so a moment ago."""
    if time.time() - worker.advanced < pause_s:
        return
    worker.advanced = time.time()
    try:
        advance(worker.runs, worker.submission.study.name)
    except OrchestratorError as error:  # its own trials matter more than starting other workers
        say(f"advance: {error}")


if __name__ == "__main__":
    if sys.argv[2] == "wake":
        wake(sys.argv[1])
    else:
        work(sys.argv[1], int(sys.argv[2]))
