"""One launch after the other, whatever became of those before: the scheduler is a Slurm of small programs."""

import os

import pytest

from orchestrator.engine.launcher import ELSEWHERE, Launcher
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import QueueFullError
from orchestrator.places.job_log import JobLog, Launched
from orchestrator.places.profile import Profile
from orchestrator.places.program import program_name
from orchestrator.study.shape import Shape
from orchestrator.study.study import Study
from tests.engine.queue_programs import FULL, Queue
from tests.launches import begun

PROFILE = Profile(name="fake", max_workers=9, max_array_size=9, patience=5)
SUBMISSION = Submission(study=Study(name="s", stages=()), code="c", data="", profile=PROFILE, given="")
SHAPE = Shape(cpus=1)
LOST, LATE = "a lost job", "a late job"


def launcher(runs: RunFolder) -> Launcher:
    return Launcher(runs, SUBMISSION)


def test_what_was_launched_is_live(runs: RunFolder, queue: Queue) -> None:
    launcher(runs).launch("workers", SHAPE, 2)

    assert [worker.job for worker in launcher(runs).live()] == ["slurm:1_0", "slurm:1_1"]


def test_a_worker_that_has_said_that_it_ended_is_not_live(runs: RunFolder, queue: Queue) -> None:
    launch = launcher(runs).launch("workers", SHAPE, 2)
    assert launch is not None
    launch.mark("ended", 0, "slurm:1_0")

    assert [worker.job for worker in launcher(runs).live()] == ["slurm:1_1"]


def test_of_two_that_saw_the_same_one_launches(runs: RunFolder, queue: Queue) -> None:
    first, second = launcher(runs), launcher(runs)

    assert first.launch("workers", SHAPE, 1) is not None
    assert second.launch("workers", SHAPE, 1) is None


def test_a_starter_that_lives_is_waited_for(runs: RunFolder, queue: Queue) -> None:
    begun(runs.study("s"), starter=program_name(os.getpid()))

    assert launcher(runs).recover() == ELSEWHERE


def test_a_launch_whose_starter_died_is_found_in_the_queue(runs: RunFolder, queue: Queue) -> None:
    begun(runs.study("s"), starter=program_name(2**22), token=LOST, cluster="fake")
    (queue.folder / "jobs/5").mkdir()
    for index in (0, 1):
        (queue.folder / f"jobs/5/{index}").write_text(f"5_{index}|PD|{LOST}|.\n")

    assert launcher(runs).recover() == ""
    assert JobLog(runs.study("s")).launch(1).jobs == ("slurm:5_0", "slurm:5_1")


def test_a_job_that_no_launch_names_is_taken_out_of_the_queue(runs: RunFolder, queue: Queue) -> None:
    begun(runs.study("s"), token=LATE, cluster="fake").settle(Launched())
    (queue.folder / "jobs/5").mkdir()
    (queue.folder / "jobs/5/0").write_text(f"5|PD|{LATE}|.\n")
    launcher(runs).recover()

    assert queue.lines() == []


def test_without_an_answer_nothing_is_settled(runs: RunFolder, queue: Queue) -> None:
    begun(runs.study("s"), starter=program_name(2**22), cluster="fake")
    queue.does("silent", "exit 1")

    assert "does not answer (`squeue`)" in launcher(runs).recover()
    assert JobLog(runs.study("s")).launch(1).open


def test_a_full_queue_is_not_tried_again_at_once(runs: RunFolder, queue: Queue) -> None:
    queue.does("before", FULL % 1)
    with pytest.raises(QueueFullError):
        launcher(runs).launch("workers", SHAPE, 2, waiting=2)

    assert "AssocMaxSubmitJobLimit" in launcher(runs).still_full("workers")


def test_a_worker_that_waits_is_taken_back(runs: RunFolder, queue: Queue) -> None:
    mine = launcher(runs)
    mine.launch("workers", SHAPE, 2)

    assert mine.take_back("slurm:1_1")
    assert mine.started() == ("slurm:1_0",)
