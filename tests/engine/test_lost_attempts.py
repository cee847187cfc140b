"""Why attempts were lost: the scheduler is asked once for all of them, and its answer is a file."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.engine.lost_attempts import explain_losses
from orchestrator.engine.observe import Observer
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.evidence.evidence import Claim
from orchestrator.evidence.state import State
from orchestrator.evidence.submission import Submission
from orchestrator.places.profile import Profile
from orchestrator.study.trial import Trial
from tests.engine.queue_programs import Queue
from tests.tracked_study import points, stage, submission


@pytest.fixture
def lost(runs: RunFolder, queue: Queue) -> tuple[Submission, Trial]:
    """Give a study whose only trial was at job 77, which is gone; `sacct` says why."""
    queue.write("sacct", "echo asked >> asked\necho '77|NODE_FAIL|pg-gpu02'")
    study = submission("s", stage("train", points(seed=[0]))).model_copy(
        update={"profile": Profile(name="fake", patience=5, lease=1)}
    )
    trial = Observer(runs, study).look().plan.trials[0]
    folder = runs.trial(trial)
    folder.describe(trial)
    folder.claim(1, Claim(worker="w", job="slurm:77", host="h", time=time.time(), code="c0de"))
    (folder.attempt(1) / "heartbeat").touch()
    grow_old(folder.attempt(1), 60)
    return study, trial


def grow_old(attempt: Path, seconds: float) -> None:
    """Let an attempt give no sign of life for so long."""
    then = time.time() - seconds
    for name in ("claim.json", "heartbeat"):
        os.utime(attempt / name, (then, then))


def test_the_answer_is_laid_beside_the_attempt(runs: RunFolder, lost: tuple[Submission, Trial]) -> None:
    study, trial = lost
    seen = Observer(runs, study).look()

    assert seen.states[trial.id] is State.LOST
    assert explain_losses(runs, study.profile, seen)
    assert '"node_failure"' in (runs.trial(trial).attempt(1) / "loss.json").read_text()


def test_what_is_known_is_not_asked_again(
    runs: RunFolder, lost: tuple[Submission, Trial], queue: Queue
) -> None:
    study, _ = lost
    for _ in range(2):
        explain_losses(runs, study.profile, Observer(runs, study).look())

    assert (queue.folder / "asked").read_text().count("asked") == 1


def test_an_attempt_lost_long_ago_is_left_alone(
    runs: RunFolder, lost: tuple[Submission, Trial], queue: Queue
) -> None:
    study, trial = lost
    grow_old(runs.trial(trial).attempt(1), 4000)
    explain_losses(runs, study.profile, Observer(runs, study).look())

    assert not (queue.folder / "asked").exists()
