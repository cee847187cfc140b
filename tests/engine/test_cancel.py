"""Which jobs and trials `cancel` and `retry` take: the scheduler is a Slurm of small programs."""

import time
from pathlib import Path

import pytest

from orchestrator.engine.cancel import cancel_trials, forgive_trials
from orchestrator.engine.observe import Observer
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Claim
from orchestrator.evidence.state import State
from orchestrator.evidence.submission import Submission
from orchestrator.messages.errors import NotFoundError, UserError
from orchestrator.places.job_log import Launched
from orchestrator.places.profile import Profile
from orchestrator.study.read import read_study
from orchestrator.study.trial import Trial
from tests.engine.queue_programs import Queue
from tests.launches import begun

STUDY = """
study: s
axes: {metric: [a, b]}
stages: {score: {task: tests.toy_tasks.score, over: [metric]}}
"""


@pytest.fixture
def submission(tmp_path: Path) -> Submission:
    (tmp_path / "s.yaml").write_text(STUDY)
    study = read_study(tmp_path / "s.yaml").study
    return Submission(study=study, code="c", data="", profile=Profile(name="fake", patience=5), given="")


@pytest.fixture
def queue(queue: Queue, runs: RunFolder) -> Queue:
    """Give a queue with two workers that a launch names, and a job of somebody else."""
    for job in ("1_0", "1_1", "2_0"):
        file = queue.folder / "jobs" / job.replace("_", "/")
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{job}|R|name|.\n")
    begun(runs.study("s")).settle(Launched(jobs=("slurm:1_0", "slurm:1_1")))
    return queue


def trials(runs: RunFolder, submission: Submission) -> tuple[Trial, ...]:
    return Observer(runs, submission).look().plan.trials


def states(runs: RunFolder, submission: Submission) -> list[State]:
    return list(Observer(runs, submission).look().states.values())


def test_only_jobs_that_are_at_no_trial_leave_the_queue(
    runs: RunFolder, submission: Submission, queue: Queue
) -> None:
    first = trials(runs, submission)[0]
    claim = Claim(worker="w", job="slurm:1_0", host="h", time=time.time(), code="c")
    runs.trial(first).describe(first)
    runs.trial(first).claim(1, claim)
    cancelled = cancel_trials(runs, submission, ())

    assert cancelled == 2
    assert [job for job, _ in queue.lines()] == ["1_0", "2_0"]


def test_one_trial_is_cancelled_and_no_job(runs: RunFolder, submission: Submission, queue: Queue) -> None:
    first, _ = trials(runs, submission)
    cancel_trials(runs, submission, [first.id[:8]])

    assert states(runs, submission) == [State.CANCELLED, State.READY]
    assert len(queue.lines()) == 3


def test_cancelled_trials_are_made_ready_again(runs: RunFolder, submission: Submission, queue: Queue) -> None:
    cancel_trials(runs, submission, ())

    assert forgive_trials(runs, submission, ()) == 2
    assert states(runs, submission) == [State.READY] * 2


def test_a_trial_in_another_state_is_told(runs: RunFolder, submission: Submission) -> None:
    first, _ = trials(runs, submission)

    with pytest.raises(UserError, match=r"nothing to take up again \(1 READY\)"):
        forgive_trials(runs, submission, [first.id])


def test_a_trial_that_is_none_is_told(runs: RunFolder, submission: Submission) -> None:
    with pytest.raises(NotFoundError, match="no trial `zzz`"):
        cancel_trials(runs, submission, ["zzz"])
