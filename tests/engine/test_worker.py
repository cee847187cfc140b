"""When a worker has to end, by what Slurm says and by what the job asked for."""

import time
from pathlib import Path

import pytest

from orchestrator.engine.worker import _end
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import Profile
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study

SUBMISSION = Submission(
    study=Study(name="s", stages=()), code="c", data="", profile=Profile(name="p", patience=5), given=""
)
SHAPE = Shape(time="2h")


def test_slurm_says_when_a_job_ends(squeue: Path) -> None:
    squeue.write_text("#!/bin/sh\necho 2001-09-09T01:46:40\n")

    assert _end("slurm:1", SUBMISSION, SHAPE) == (time.mktime((2001, 9, 9, 1, 46, 40, 0, 0, -1)), True)


def test_a_job_says_itself_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_END_TIME", "1000")

    assert _end("slurm:1", SUBMISSION, SHAPE) == (1000, True)


def test_without_an_answer_time_counts_from_the_begin_of_the_script(
    squeue: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    squeue.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("ORCHESTRATOR_JOB_BEGAN", "1000")

    assert _end("slurm:1", SUBMISSION, SHAPE) == (1000 + 7200, False)
