"""Which job a program is, as the environment says it, and whether a launch names it."""

import os
from pathlib import Path

import pytest

from orchestrator.engine.own_job import own_job
from orchestrator.places.job_log import JobLog, Launched
from orchestrator.places.profile import LOCAL, Profile
from orchestrator.places.program import program_name
from tests.engine.workers import launch_on


def test_a_job_of_an_array_settles_what_came_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_ARRAY_JOB_ID", "7")
    monkeypatch.setenv("SLURM_ARRAY_TASK_ID", "1")
    launch = launch_on(tmp_path, Profile(name="dev"), program_name(os.getpid()))
    mine = own_job(launch.folder, "worker")

    assert mine is not None
    assert (mine.job, mine.launch.jobs) == ("slurm:7_1", ("slurm:7_0", "slurm:7_1"))


def test_a_job_that_its_launch_does_not_name_is_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "91")
    launch = launch_on(tmp_path, Profile(name="dev"), program_name(os.getpid()))
    launch.settle(Launched(jobs=("slurm:7_0", "slurm:7_1")))

    assert own_job(launch.folder, "worker") is None
    assert "no submission names slurm:91, so this worker ends at once" in "".join(capsys.readouterr())


def test_a_job_that_said_goodbye_does_not_come_back(tmp_path: Path) -> None:
    launch = launch_on(tmp_path, LOCAL, program_name(os.getpid())).settle(
        Launched(jobs=(program_name(os.getpid()),))
    )
    launch.mark("ended", 0, launch.jobs[0])

    assert own_job(launch.folder, "worker") is None


def test_on_this_machine_whoever_is_not_found_after_the_starters_death_is_nobody(tmp_path: Path) -> None:
    launch = launch_on(tmp_path, LOCAL, program_name(2**22))

    assert own_job(launch.folder, "worker") is None
    assert JobLog(tmp_path / "studies/s").launch(1).launched == Launched(jobs=())
