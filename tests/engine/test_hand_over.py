"""How a study goes on without the program that was at it."""

import os
import time

import pytest

from orchestrator.engine.hand_over import hand_over, wake
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.places.job_log import Launched
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.program import program_name
from orchestrator.study.study import Study
from tests.engine.queue_programs import Queue
from tests.engine.workers import EMPTY, launch_on
from tests.tracked_study import points, stage

CLUSTER = Profile(name="fake", patience=5)
ONE_TRIAL = Study(name="s", stages=(stage("train", points(seed=[0])),))


def test_a_study_that_is_over_is_left_without_a_word(
    runs: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    launch_on(runs.path, LOCAL, program_name(os.getpid()), study=EMPTY).settle(Launched())
    hand_over(runs, "s", time.time() + 60)

    assert capsys.readouterr().err == ""


def test_without_time_the_command_that_goes_on_is_told(
    runs: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    hand_over(runs, "s", time.time() - 1)

    assert "nothing is queued that would go on with `s`: type `advance s`" in capsys.readouterr().err


def test_what_hinders_is_told(runs: RunFolder, queue: Queue, capsys: pytest.CaptureFixture[str]) -> None:
    launch_on(runs.path, CLUSTER, "", study=ONE_TRIAL).settle(Launched(jobs=("slurm:1",)))
    queue.does("silent", "exit 1")
    hand_over(runs, "s", time.time() + 1)

    assert capsys.readouterr().err.count("advance: the scheduler does not answer") == 1


def test_a_file_system_that_is_away_is_waited_for(
    runs: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    launch_on(runs.path, LOCAL, program_name(os.getpid()), study=ONE_TRIAL).settle(Launched())
    jobs = runs.study("s") / "jobs"
    jobs.rename(jobs.with_name("away"))
    jobs.touch()
    hand_over(runs, "s", time.time() + 1)

    assert capsys.readouterr().err.count("advance: [Errno 20] Not a directory") == 1


@pytest.mark.parametrize(("named", "launched"), [("slurm:91", ["0002", "0003"]), ("slurm:90", [])])
def test_a_sentinel_starts_what_is_wanted_if_its_launch_names_it(
    runs: RunFolder, queue: Queue, monkeypatch: pytest.MonkeyPatch, named: str, launched: list[str]
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "91")
    launch = launch_on(runs.path, CLUSTER, "", study=ONE_TRIAL, kind="sentinel")
    wake(launch.settle(Launched(jobs=(named,))).folder)

    assert [name.rpartition("-")[2] for _, name in queue.lines()] == launched
