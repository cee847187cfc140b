"""Workers on this machine: detached programs that live on when the shell is gone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from orchestrator.messages.errors import QueueFullError, SchedulerError
from orchestrator.places.place import Ended, Place
from orchestrator.places.profile import LOCAL, Limits
from orchestrator.places.program import is_alive, pid_of, program_name
from orchestrator.places.wall_limit import End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from orchestrator.places.job_log import Launch
    from orchestrator.places.profile import Profile

_GPUS = "CUDA_VISIBLE_DEVICES"
_ALL_GPUS = "ORCHESTRATOR_ALL_GPUS"
"""Tells workers, which may use their share alone, what GPUs there are: they start workers too."""
_NO_GPU = "NoDevFiles"
"""As Slurm says it; a number below 0 does the same, and hides what is named after it."""
_LAID_S = 0.001
_PROGRAM = "orchestrator.engine.work"

_started: list[subprocess.Popen[bytes]] = []
"""Kept until this program ends: Popen complains about children that nobody waited for."""


class ThisMachine(Place):
    """This machine as a place for workers."""

    kind = "local"
    job_pattern = r"[^:]*:[0-9]{1,9}:[0-9]{1,18}"
    queue_program = ""
    name = LOCAL.name

    def __init__(self, profile: Profile = LOCAL, since: float | None = None) -> None:
        """Take it as it is: nothing can be set, and it is never asked in vain."""

    def limits(self) -> Limits:
        """Return how many cores and GPUs workers may share."""
        cpus, gpus = len(os.sched_getaffinity(0)), len(usable_gpus())
        return Limits(workers=max(1, cpus), cpus=cpus, gpus=gpus, gpus_found=_gpus_found())

    def check_folder(self, folder: Path) -> None:
        """Take every folder."""

    def start(self, launch: Launch, code: Path) -> tuple[str, ...]:
        """Start the workers of a launch and return their names.

        Raises QueueFullError when workers of other studies hold the GPUs, SchedulerError when this machine
        takes no more programs.
        """
        assert launch.intent is not None
        gpus, wanted = _free_gpus(), launch.intent.count * launch.intent.shape.gpus
        if wanted > len(gpus):
            raise QueueFullError(
                f"{len(gpus)} of {len(usable_gpus())} GPUs are free here, {wanted} are wanted"
            )
        jobs = []
        try:
            for index in range(launch.intent.count):
                mine, gpus = gpus[: launch.intent.shape.gpus], gpus[launch.intent.shape.gpus :]
                jobs.append(self._start_one(launch, index, code, mine))
        except OSError as error:
            raise SchedulerError(f"this machine could not start worker {len(jobs)}: {error}") from error
        return tuple(jobs)

    def _start_one(self, launch: Launch, index: int, code: Path, gpus: Sequence[str]) -> str:
        assert launch.intent is not None
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(code), os.environ.get("PYTHONPATH")])),
            "OMP_NUM_THREADS": str(launch.intent.shape.threads),
            _GPUS: ",".join(gpus),
            _ALL_GPUS: ",".join(usable_gpus()),
        }
        with (launch.folder / f"worker-{index}.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", _PROGRAM, str(launch.folder), str(index)],
                cwd=code,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _started.append(worker)
        _wait_until_shown(worker)
        return program_name(worker.pid)

    def find(self, launch: Launch) -> tuple[str, ...]:
        """Return the workers of a launch whose starter died before it could write them down."""
        return tuple(self.jobs_of([launch]))

    def jobs_of(self, launches: Sequence[Launch]) -> list[str]:
        """Return the workers that live for these launches, but not what they have forked."""
        found = {worker.pid: worker for worker in _workers({str(launch.folder) for launch in launches})}
        leaders = [pid for pid, worker in found.items() if _leads(worker, found)]
        return [name for name in map(program_name, sorted(leaders)) if is_alive(name)]

    def is_alive(self, job: str) -> bool | None:
        """Say whether a worker lives; None for one of another machine."""
        return is_alive(job)

    def is_waiting(self, _job: str) -> bool:
        """Say that nothing waits here."""
        return False

    def count(self) -> int:
        """Return how many GPUs are taken: nothing is queued here, but a start may have to wait for one."""
        return len(usable_gpus()) - len(_free_gpus())

    def cancel(self, jobs: Iterable[str], *, waiting: bool = False) -> None:
        """Ask workers to stop their trials and end; none of them waits."""
        for job in () if waiting else jobs:
            self.stop(job)

    def stop(self, job: str) -> None:
        """Tell a worker to stop, which tells its trial."""
        if pid := pid_of(job):
            _send(pid, signal.SIGTERM)

    def signal(self, job: str, number: signal.Signals) -> None:
        """Send a signal to a worker and all that it started, but for other workers."""
        if pid := pid_of(job):
            below = offspring(pid)
            _send(-pid, number)
            for program in below:
                _send(program.pid, number)

    def this_job(self) -> str:
        """Return the name of this program."""
        return program_name(os.getpid())

    def this_node(self) -> str:
        """Return nothing: there is no other node to go to."""
        return ""

    def started_with(self, _job: str, launch: Launch) -> tuple[str, ...] | None:
        """Return the workers that are there, once whoever started them cannot say so any more."""
        return self.find(launch) if launch.starter_lives() is False else None

    def node_starter(self, _nodes: int) -> None:
        """Return nothing: this machine is one node."""
        return

    def end_of(self, _job: str, asked_s: float) -> End:
        """Return when the time that was asked for is over: nobody else ends a worker here."""
        return End(time=time.time() + asked_s, known=True)

    def ends_of(self, _jobs: Sequence[str]) -> dict[str, Ended]:
        """Return nothing: nobody remembers here."""
        return {}


def started_here() -> set[int]:
    """Return the workers that this very program has started."""
    return {worker.pid for worker in _started}


def usable_gpus() -> list[str]:
    """Return the names by which CUDA knows the GPUs that may be used here."""
    chosen = os.environ.get(_ALL_GPUS, os.environ.get(_GPUS))
    if chosen is not None:
        names = [name.strip() for name in chosen.split(",") if name.strip()]
        return list(takewhile(lambda name: name != _NO_GPU and not name.startswith("-"), names))
    return [str(number) for number in range(len(list(Path("/dev").glob("nvidia[0-9]*"))))]


def _gpus_found() -> str:
    """Return which GPUs were found and how, in words."""
    names = ", ".join(usable_gpus()) or "none"
    chosen = os.environ.get(_ALL_GPUS, os.environ.get(_GPUS))
    if chosen is None:
        how = "by /dev/nvidia*; CUDA_VISIBLE_DEVICES, which may name others, is not set"
    else:
        how = f"CUDA_VISIBLE_DEVICES is {chosen}" if chosen else "CUDA_VISIBLE_DEVICES is empty"
    return f"{names} ({how})"


def _free_gpus() -> list[str]:
    taken = {gpu for worker in _workers() for gpu in (_environment(worker) or {}).get(_GPUS, "").split(",")}
    return [gpu for gpu in usable_gpus() if gpu not in taken]


def _wait_until_shown(worker: subprocess.Popen[bytes]) -> None:
    """Wait until everybody can see what a program that has just begun is, and which GPUs it was given.

    Popen returns a moment earlier, before the kernel has laid words and variables into the new program.
    """
    while worker.poll() is None and _environment(psutil.Process(worker.pid)) == {}:
        time.sleep(_LAID_S)


def _environment(program: psutil.Process) -> dict[str, str] | None:
    """Return the variables of a program; None when it is gone or hides them."""
    try:
        return program.environ()
    except psutil.Error:
        return None


def _workers(folders: Collection[str] | None = None) -> Iterator[psutil.Process]:
    """Yield the workers on this machine and the runners that they forked, or those of some launches."""
    for program in psutil.process_iter(["cmdline"]):
        words = program.info["cmdline"] or ()
        if _PROGRAM in words and (folders is None or not set(words).isdisjoint(folders)):
            yield program


def _leads(worker: psutil.Process, family: Collection[int]) -> bool:
    """Say whether a program was started as a worker: runners are children of one, in its group."""
    try:
        return worker.ppid() not in family and os.getpgid(worker.pid) == worker.pid
    except (psutil.Error, ProcessLookupError):
        return False


def offspring(worker: int) -> list[psutil.Process]:
    """Return all that runs below a worker, but for other workers that it has started."""
    try:
        program = psutil.Process(worker)
        own, below = program.cmdline(), program.children(recursive=True)
    except psutil.Error:
        return []
    others = [one for one in below if _is_other_worker(one, own)]
    left_out = {one.pid for other in others for one in (other, *_below(other))}
    return [one for one in below if one.pid not in left_out]


def _below(program: psutil.Process) -> list[psutil.Process]:
    try:
        return program.children(recursive=True)
    except psutil.Error:
        return []


def _is_other_worker(program: psutil.Process, own: list[str]) -> bool:
    """Say whether a program was started as a worker; what a worker forks has its command line."""
    try:
        words = program.cmdline()
    except psutil.Error:
        return False
    return _PROGRAM in words and words != own


def _send(target: int, number: signal.Signals) -> None:
    """Send a signal to a program, or to a group where its number is negative; it may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(target, number)
