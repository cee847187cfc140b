"""This program as a worker on this machine, and as one that a launch names."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.engine.worker import Worker
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.submission import Submission
from orchestrator.files.record_file import write_beside
from orchestrator.places.job_log import JobLog, Launch
from orchestrator.places.local import ThisMachine
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.program import program_name
from orchestrator.places.wall_limit import End, WallLimit
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from tests.launches import begun

JOINS_PAGES = pytest.mark.skipif(
    tuple(int(part) for part in os.uname().release.split(".")[:2]) < (6, 1),
    reason="NOT TESTED: kernels join the pages of a program from 6.1 on",
)
EMPTY = Study(name="s", stages=())


def make_worker(folder: Path, study: Study = EMPTY) -> Worker:
    """Return a worker that has an hour; its run folder and its data lie below a folder."""
    runs = RunFolder(folder / "runs")
    (runs.study(study.name) / "code/c").mkdir(parents=True, exist_ok=True)
    return Worker(
        runs=runs,
        submission=Submission(study=study, code="c", data=str(folder), profile=LOCAL, given="s.yaml"),
        launch=JobLog(runs.study("s")).launch(1),
        shape=Shape(),
        place=ThisMachine(),
        job=program_name(os.getpid()),
        name="0001-0",
        limit=WallLimit(end=End(time=time.time() + 3600, known=True), seconds=3600, least_lead=10),
    )


def launch_on(
    runs: Path,
    profile: Profile,
    starter: str,
    *,
    study: Study = EMPTY,
    code: str = "c",
    kind: str = "workers",
) -> Launch:
    """Return a launch for a submitted study, of which nobody knows yet what came."""
    folder = RunFolder(runs).study("s")
    submission = Submission(study=study, code=code, data=str(runs), profile=profile, given="")
    write_beside(folder / "study.json", submission.model_dump_json())
    (folder / "code" / code).mkdir(parents=True, exist_ok=True)
    return begun(folder, cluster=profile.name, starter=starter, kind=kind)
