"""A copy of a study in a run folder of its own, the program that drives it, and what became of its trials."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.drill.edges.artifact_digest import artifact_digests
from orchestrator.drill.edges.checkpoint_files import is_temporary, kept_names
from orchestrator.drill.edges.victim import LocalVictim, Victim
from orchestrator.drill.legs import Course, Leg
from orchestrator.drill.likeness import Outcome
from orchestrator.engine.observe import Observer
from orchestrator.engine.submit import write_submission
from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State
from orchestrator.files.line_file import read_lines
from orchestrator.files.plain_file import files_below
from orchestrator.messages.errors import SchedulerError
from orchestrator.places.job_log import JobLog
from orchestrator.places.table import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.drill.legs import Strike
    from orchestrator.evidence.evidence import Evidence
    from orchestrator.evidence.submission import Submission
    from orchestrator.places.place import Place
    from orchestrator.places.profile import Profile
    from orchestrator.study.read import Read
    from orchestrator.study.trial import Trial

"""How `files.record_file` calls room that is kept on the disk for a record."""
_END_S = 60
"""So long workers and jobs may take to end once the study is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What copies are made of."""

    read: Read
    """With the small study in it."""
    profile: Profile
    data: Path
    given: Path
    """The study file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An attempt under way."""

    trial: str
    folder: TrialFolder
    attempt: int
    job: str
    began: float


class Copy:
    """One copy: submitted when it is made, driven by `watch` as a user would."""

    def __init__(self, source: Source, folder: Path) -> None:
        self.source = source
        self.runs = RunFolder(folder)
        self.environment: Mapping[str, str] | None = None
        """That of the program that drives it; None for that of this program."""
        self.submission = self.submit()
        self._driver: subprocess.Popen[bytes] | None = None
        self._over: set[Path] = set()

    @property
    def here(self) -> bool:
        """Whether its workers are programs of this machine."""
        return self.source.profile.here

    @property
    def place(self) -> Place:
        """Where its workers are, as it is now."""
        return place_of(self.source.profile, time.monotonic())

    @property
    def study(self) -> Path:
        """The folder of the study in the copy."""
        return self.runs.study(self.source.read.study.name)

    def submit(self) -> Submission:
        """Submit the study, for the first time or again."""
        source = self.source
        return write_submission(source.read, self.runs, source.profile, source.data, source.given)

    def drive(self) -> None:
        """Start the program that starts workers and follows the study to its end."""
        every = "0.3" if self.here else "2"
        words = ["watch", self.source.read.study.name, "--runs", str(self.runs.path), "--every", every]
        words += ["--no-mlflow"]  # what is rehearsed is no result
        with (self.runs.path / "driver.log").open("ab") as log:
            self._driver = subprocess.Popen(
                [sys.executable, "-m", "orchestrator", *words],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def is_driven(self) -> bool:
        """Say whether that program lives."""
        return self._driver is not None and self._driver.poll() is None

    def was_killed(self) -> bool:
        """Say whether that program was killed rather than ended."""
        return self._driver is not None and self._driver.poll() == -signal.SIGKILL

    def signal_driver(self, number: signal.Signals) -> None:
        """Send it a signal, and wait for its end if it is killed."""
        if self._driver is not None and self.is_driven():
            os.killpg(self._driver.pid, number)
            if number is signal.SIGKILL:
                self._driver.wait()

    def running(self) -> list[Running]:
        """Return the attempts under way."""
        found = []
        for folder in self.runs.find():
            if folder.path in self._over:
                continue
            if (folder.path / "result.json").exists():
                self._over.add(folder.path)
                continue
            numbers = folder.numbers()
            claim = folder.read_claim(numbers[-1]) if numbers else None
            if claim is None or (folder.attempt(numbers[-1]) / "exit.json").exists():
                continue
            if self.here and self.place.is_alive(claim.job) is False:
                continue
            found.append(
                Running(trial=folder.id, folder=folder, attempt=numbers[-1], job=claim.job, began=claim.time)
            )
        return found

    def workers(self) -> list[str]:
        """Return the jobs of all workers that live or wait."""
        return self.place.jobs_of(JobLog(self.study).launches()) or []

    def victim(self, job: str) -> Victim:
        """Return a worker that a fault meets."""
        return self.local_victim(job) or Victim(self.place, job)

    def local_victim(self, job: str) -> LocalVictim | None:
        """Return a worker of this machine that a fault meets; None on a cluster."""
        return LocalVictim(self.place, job) if self.here else None

    def left_behind(self) -> list[str]:
        """Return the workers and jobs that are still there a while after the study was over."""
        patience = time.monotonic() + _END_S
        while left := self.workers():
            if time.monotonic() > patience:
                return left
            time.sleep(0.1 if self.here else 2)
        return []

    def end(self) -> None:
        """End everything that serves the copy, at once."""
        self.signal_driver(signal.SIGKILL)
        jobs = self.workers()
        for job in jobs:
            self.victim(job).kill()
        with contextlib.suppress(SchedulerError):
            self.place.cancel(jobs)

    def is_done(self) -> bool:
        """Say whether every trial has a result."""
        seen = Observer(self.runs, self.submission).look()
        return not seen.plan.undecided and all(state is State.DONE for state in seen.states.values())

    def outcomes(self) -> list[Outcome]:
        """Return what each trial came to."""
        seen = Observer(self.runs, self.submission).look()
        return [
            _outcome(self.runs.trial(trial), trial, seen.states[trial.id], seen.evidence[trial.id])
            for trial in seen.plan.by_id.values()
        ]

    def unfinished_files(self) -> dict[Path, int]:
        """Return the files that were never renamed, as kills leave them, with their bytes.

        Artifacts are compared whole, and nobody reads a work folder again.
        """
        return {
            path: status.st_size
            for path, status in files_below(self.runs.trials)
            if is_temporary(path) and {"artifacts", "work"}.isdisjoint(path.relative_to(self.runs.path).parts)
        }

    def trial_folder(self, trial: str) -> TrialFolder:
        """Return the folder of a trial."""
        return next(iter(self.runs.find(trial)), TrialFolder(self.runs.trials / trial))

    def course(self, trial: str) -> Course:
        """Return how a trial went that nothing disturbed."""
        legs = self.legs(trial, ())
        lines = [line for leg in legs for line in leg.lines]
        began = legs[0].began if legs else 0.0
        return Course(
            steps=tuple(step for step, _ in lines),
            times=tuple(at - began for _, at in lines),
            seconds=legs[-1].ended - began if legs else 0.0,
            kept=kept_names(self.trial_folder(trial).checkpoint),
        )

    def legs(self, trial: str, strikes: Sequence[Strike]) -> list[Leg]:
        """Return the attempts of a trial, each with the strike that met it; none if it never began."""
        folder = self.trial_folder(trial)
        met = {strike.attempt: strike for strike in strikes if strike.trial == trial}
        return [_leg(folder, number, met.get(number)) for number in folder.numbers()]


def _leg(folder: TrialFolder, number: int, strike: Strike | None) -> Leg:
    claim, ended, stop = folder.read_claim(number), folder.read_exit(number), folder.read_stop(number)
    lines = tuple(
        (line["step"], float(line["time"])) for line in read_lines(folder.attempt(number) / "metrics.jsonl")
    )
    began = claim.time if claim else folder.attempt(number).stat().st_mtime
    last = lines[-1][1] if lines else began
    return Leg(
        began=began,
        ended=ended.time if ended else strike.time if strike else last,
        outcome=ended.outcome if ended else None,
        lines=lines,
        told=stop.time if stop else None,
        strike=strike,
    )


def _outcome(folder: TrialFolder, trial: Trial, state: State, evidence: Evidence) -> Outcome:
    result = evidence.result
    exits = {number: folder.read_exit(number) for number in folder.numbers()}
    to_the_end = {number for number, ended in exits.items() if ended and ended.outcome == "done"}
    if result is not None:
        to_the_end.add(result.attempt)  # it may have been killed between its result and its record
    failure = ""
    if state is State.FAILED:
        found = diagnose(evidence)
        failure = f"{found.kind}: {found.message}"
    return Outcome(
        id=trial.id,
        stage=trial.stage,
        point=trial.axes_text,
        state=str(state),
        needs=trial.needed_ids,
        metrics=result.metrics if result else {},
        logged=folder.metrics(),
        artifacts=artifact_digests(folder.artifacts),
        ends=len(to_the_end),
        failure=failure,
    )
