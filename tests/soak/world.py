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

from slurm.dev_boot import node_states, start_again
from slurm.dev_daemons import ClusterError, client, pid_of
from tests.soak.processes import processes_of, workers_of
from tests.soak.run_folder import add_results

if TYPE_CHECKING:
    from collections.abc import Callable

    from slurm.dev_config import Layout
    from tests.soak.processes import Worker

ROOT = Path(__file__).resolve().parents[2]
_ANSWER_S = 240
"""A command that takes longer hangs."""
_AGAIN_S = 2.0
_CANCELLED_S = 60


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
    done: set[Path] = field(default_factory=set)
    """Folders of trials that were seen to have a result."""

    @property
    def runs(self) -> Path:
        """The run folder, inside of the project."""
        return self.folder / "results"

    @property
    def study(self) -> Path:
        """The study's folder in the run folder."""
        return self.runs / "studies" / "soak"

    @property
    def diary(self) -> Path:
        """What the trials wrote down outside of the run folder."""
        return self.folder / "data" / "diary.jsonl"

    def results(self) -> int:
        """Return how many trials have a result."""
        add_results(self.runs, self.done)
        return len(self.done)

    def client(self, *command: str) -> str:
        """Return what a client of Slurm prints; raise ClusterError when it fails."""
        self.check_controller()
        return client(self.layout, *command)

    def check_controller(self) -> None:
        """Raise ClusterError while slurmctld is away: clients would wait for it for a minute."""
        if not self.answers("slurmctld"):
            raise ClusterError("slurmctld is away")

    def tokens(self, kind: str | None = None) -> set[str]:
        """Return the names of the jobs of all submissions so far, or of those of a kind."""
        intents = [json.loads(file.read_text()) for file in self.study.glob("jobs/[0-9]*/intent.json")]
        return {intent["token"] for intent in intents if kind in {None, intent["kind"]}}

    def queue(self, *options: str, kind: str | None = None) -> list[str]:
        """Return the study's jobs that are queued or active; raise ClusterError when nobody can tell."""
        lines = self.client("squeue", "--noheader", "--array", "--format=%i|%j", *options).splitlines()
        tokens = self.tokens(kind)
        return [line.partition("|")[0] for line in lines if line.partition("|")[2] in tokens]

    # --- processes ---------------------------------------------------------------------------------

    def workers(self) -> list[Worker]:
        """Return the workers that live now, sentinels left out."""
        return workers_of(self.study / "jobs")

    def processes(self) -> list[str]:
        """Return all processes that have to do with the study, as text."""
        return processes_of(self.folder)

    # --- commands ----------------------------------------------------------------------------------

    def type(self, *words: str) -> Typed:
        """Type a command and do not wait for it."""
        answers = self.folder / ".typed"  # hidden: no part of the project that is typed in
        answers.mkdir(exist_ok=True)
        file = answers / f"{len(self.typed):04d}-{words[0]}"
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
        kept["ORCHESTRATOR_MLFLOW"] = "off"
        ours = {"ORCHESTRATOR_RUNS": str(self.runs), "PYTHONPATH": str(ROOT)}
        return kept | {"SLURM_CONF": str(self.layout.slurm_conf)} | ours

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
        start_again(self.layout, name)
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
        """Take what is left of the study out of the queue, for good."""
        if self.queue():
            self.answered(self.type("cancel", "soak"))  # else a worker that ends would start others
        patience = time.monotonic() + _CANCELLED_S
        while (jobs := self.queue()) and time.monotonic() < patience:
            self.client("scancel", "--quiet", *jobs)
            time.sleep(1)

    def answers(self, daemon: str) -> bool:
        """Say whether a daemon runs."""
        return pid_of(self.layout, daemon) is not None
