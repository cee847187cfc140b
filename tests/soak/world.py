"""What faults strike: a study on the development cluster, its processes, and what is typed to it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from slurm.dev_boot import daemons, node_states
from slurm.dev_daemons import ClusterError, client, pid_of, start, started_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from slurm.dev_config import Layout

ROOT = Path(__file__).resolve().parents[2]
_PYTHON = b"python"
_WORKER = b"orchestrator.worker"
_SENTINEL = b"wake"
_ANSWER_S = 240
"""A command that takes longer hangs."""
_AGAIN_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A program of a job; the start time tells a number that is used again apart."""

    pid: int
    started: str

    def signal(self, number: int) -> bool:
        """Send a signal; say whether the process was there to get it."""
        if started_at(self.pid) != self.started:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)
            return True
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker inside a job, with the runner of its attempt."""

    process: Process
    runner: Process | None
    job: str
    node: str

    def __str__(self) -> str:
        return f"worker {self.process.pid} of job {self.job} on {self.node}"


@dataclass(slots=True, kw_only=True)
class Typed:
    """A command that somebody typed."""

    words: tuple[str, ...]
    program: subprocess.Popen[bytes]
    file: Path
    began: float
    ended: float | None = None
    killed: bool = False

    def __str__(self) -> str:
        return f"`{' '.join(self.words)}`"

    @property
    def answer(self) -> str:
        """What it wrote to standard output."""
        return self.file.with_suffix(".out").read_text(errors="replace")

    @property
    def talk(self) -> str:
        """What it wrote to standard error."""
        return self.file.with_suffix(".err").read_text(errors="replace")


@dataclass(slots=True, kw_only=True)
class Mend:
    """What puts an end to a fault, at a Unix time."""

    due: float
    what: Callable[[], object]


@dataclass(slots=True, kw_only=True)
class World:
    """A folder with a study, and the cluster on which it is trained."""

    layout: Layout
    folder: Path
    typed: list[Typed] = field(default_factory=list)
    mends: list[Mend] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    """Daemons and nodes that a fault has taken away and not yet given back."""

    @property
    def runs(self) -> Path:
        """The run folder."""
        return self.folder / "runs"

    @property
    def study(self) -> Path:
        """The study's folder in the run folder."""
        return self.runs / "studies" / "soak"

    def results(self) -> int:
        """Return how many trials have a result."""
        return sum(1 for _ in self.runs.glob("trials/*/result.json"))

    def client(self, *command: str) -> str:
        """Return what a client of Slurm prints; raise ClusterError when it fails."""
        self.check_controller()
        return client(self.layout, *command)

    def check_controller(self) -> None:
        """Raise ClusterError while slurmctld is away: clients would wait for it for a minute."""
        if not self.answers("slurmctld"):
            raise ClusterError("slurmctld is away")

    def tokens(self) -> list[str]:
        """Return the names of the jobs of all submissions so far."""
        return [
            json.loads(intent.read_text())["token"]
            for intent in sorted(self.study.glob("jobs/[0-9]*/intent.json"))
        ]

    def queue(self) -> list[str]:
        """Return the study's jobs that are queued or active; raise ClusterError when nobody can tell."""
        lines = self.client("squeue", "--noheader", "--array", "--format=%i|%j").splitlines()
        tokens = set(self.tokens())
        return [line.partition("|")[0] for line in lines if line.partition("|")[2] in tokens]

    # --- processes ---------------------------------------------------------------------------------

    def workers(self) -> list[Worker]:
        """Return the workers that live now, sentinels left out."""
        jobs = os.fsencode(self.study / "jobs")
        found = {pid: words for pid, words in _commands() if _is_worker(words, jobs)}
        parents = {pid: _parent(pid) for pid in found}
        runners = {parent: pid for pid, parent in parents.items() if parent in found}
        living = (
            self._worker(pid, runners.get(pid))
            for pid, words in sorted(found.items())
            if parents[pid] not in found and words[-1] != _SENTINEL
        )
        return [worker for worker in living if worker is not None]

    def _worker(self, pid: int, runner: int | None) -> Worker | None:
        mine, variables = _process(pid), _environment(pid)
        if mine is None or "SLURM_JOB_ID" not in variables:
            return None
        return Worker(
            process=mine,
            runner=_process(runner) if runner else None,
            job=variables["SLURM_JOB_ID"],
            node=variables["SLURMD_NODENAME"],
        )

    def processes(self) -> list[str]:
        """Return all processes that have to do with the study, as text."""
        ours = os.fsencode(self.folder)
        family = _ancestors(os.getpid())
        return [
            f"{pid}: {b' '.join(words).decode(errors='replace')}"
            for pid, words in _commands()
            if pid not in family and (ours in b"\0".join(words) or _is_in(pid, self.folder))
        ]

    # --- commands ----------------------------------------------------------------------------------

    def type(self, *words: str) -> Typed:
        """Type a command and do not wait for it."""
        (self.folder / "typed").mkdir(exist_ok=True)
        file = self.folder / "typed" / f"{len(self.typed):04d}-{words[0]}"
        with file.with_suffix(".out").open("wb") as out, file.with_suffix(".err").open("wb") as err:
            program = subprocess.Popen(
                [sys.executable, "-m", "orchestrator", *words],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        typed = Typed(words=words, program=program, file=file, began=time.time())
        self.typed.append(typed)
        return typed

    def answered(self, typed: Typed) -> int:
        """Wait for a command and return its exit code; one that hangs is killed."""
        try:
            typed.program.wait(_ANSWER_S)
        except subprocess.TimeoutExpired:
            typed.program.kill()
            typed.program.wait()
        typed.ended = typed.ended or time.time()
        return typed.program.returncode

    def environment(self) -> dict[str, str]:
        """Return an environment in which nobody has set anything of ours, and which finds the cluster."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ORCHESTRATOR_")}
        return kept | {"SLURM_CONF": str(self.layout.slurm_conf), "PYTHONPATH": str(ROOT)}

    # --- time --------------------------------------------------------------------------------------

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Do something after some time."""
        self.mends.append(Mend(due=time.time() + seconds, what=what))

    def tick(self) -> None:
        """Do what is due, look after commands that have ended."""
        now = time.time()
        for mend in [mend for mend in self.mends if mend.due <= now]:
            try:
                mend.what()
            except ClusterError:  # it may need another daemon that is away just now
                mend.due = now + _AGAIN_S
            else:
                self.mends.remove(mend)
        for typed in self.typed:
            if typed.ended is None and typed.program.poll() is not None:
                typed.ended = now
            elif typed.ended is None and now - typed.began > _ANSWER_S:
                self.answered(typed)

    def mend_all(self) -> None:
        """Put an end to all faults and wait until every command is answered."""
        while self.mends:
            for mend in self.mends:
                mend.due = 0
            self.tick()
            time.sleep(0.1)
        for typed in self.typed:
            self.answered(typed)

    def bring_up(self, name: str) -> None:
        """Start a daemon again that a fault took away."""
        start(self.layout, next(daemon for daemon in daemons(self.layout) if daemon.name == name))
        self.down.discard(name)

    def resume(self, node: str) -> None:
        """Put a node back to work; raise ClusterError when that cannot be said now."""
        self.check_controller()
        if node_states(self.layout)[node].startswith(("down", "drain", "drng")):
            self.client("scontrol", "update", f"nodename={node}", "state=resume")
        self.down.discard(node)

    def resume_strays(self) -> None:
        """Put nodes back to work that Slurm took out by itself, as whoever runs a site does."""
        with contextlib.suppress(ClusterError):
            self.check_controller()
            for node, state in node_states(self.layout).items():
                if node not in self.down and state.startswith(("down", "drain", "drng")):
                    self.resume(node)

    def cancel(self) -> None:
        """Take what is left of the study out of the queue."""
        if jobs := self.queue():
            self.client("scancel", "--quiet", *jobs)

    def answers(self, daemon: str) -> bool:
        """Say whether a daemon runs."""
        return pid_of(self.layout, daemon) is not None


def _commands() -> Iterator[tuple[int, list[bytes]]]:
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if words := entry.read_bytes().rstrip(b"\0").split(b"\0"):
                yield int(entry.parent.name), words


def _is_worker(words: list[bytes], jobs: bytes) -> bool:
    """Say whether it is Python inside a job of the study; srun has the same words behind its own."""
    program = words[0].rpartition(b"/")[2]
    return program.startswith(_PYTHON) and _WORKER in words and words[-2].startswith(jobs)


def _process(pid: int) -> Process | None:
    started = started_at(pid)
    return Process(pid=pid, started=started) if started else None


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def _ancestors(pid: int) -> set[int]:
    family = {pid}
    while pid := _parent(pid):
        family.add(pid)
    return family


def _environment(pid: int) -> dict[str, str]:
    try:
        text = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in text.split("\0") if "=" in line)


def _is_in(pid: int, folder: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").readlink().is_relative_to(folder)
    except OSError:
        return False
