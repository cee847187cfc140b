"""Whether a study stands still though there is work."""

import os
import time
from pathlib import Path

import pytest

from orchestrator.engine.idle import waits_in_vain
from orchestrator.engine.stop_mark import lay_stop
from orchestrator.evidence.edges.run_folder import RunFolder
from orchestrator.places.job_log import Launched
from orchestrator.places.program import program_name
from tests.launches import begun
from tests.tracked_study import claim, face_study, finish, look

FACES = face_study()


@pytest.fixture
def runs(tmp_path: Path) -> RunFolder:
    """Give a run folder in which nothing has begun."""
    return RunFolder(tmp_path)


def waiting(runs: RunFolder, submitted: float = 0) -> int:
    submission = FACES.model_copy(update={"time": submitted})
    return waits_in_vain(runs, submission, look(runs, submission))


def launched(runs: RunFolder, *jobs: str) -> None:
    """Write down that these workers were started on this machine."""
    mine = program_name(os.getpid())
    begun(runs.study("faces"), scheduler="local", cluster="local", starter=mine).settle(Launched(jobs=jobs))


def test_without_workers_all_trials_wait_in_vain(runs: RunFolder) -> None:
    assert waiting(runs) == 44


def test_workers_that_are_gone_are_none(runs: RunFolder) -> None:
    launched(runs, "local:" + program_name(os.getpid()).split(":")[1] + ":999999:1")

    assert waiting(runs) == 44


def test_a_worker_that_lives_will_take_them(runs: RunFolder) -> None:
    launched(runs, program_name(os.getpid()))

    assert waiting(runs) == 0


def test_a_worker_of_another_machine_may_live(runs: RunFolder) -> None:
    launched(runs, "local:elsewhere:41:1")

    assert waiting(runs) == 0


def test_workers_that_are_being_started_will_take_them(runs: RunFolder) -> None:
    begun(runs.study("faces"), starter=program_name(os.getpid()))

    assert waiting(runs) == 0


def test_a_trial_that_is_being_trained_has_a_worker(runs: RunFolder) -> None:
    claim(runs, look(runs, FACES).plan.trials[0])

    assert waiting(runs) == 0


def test_a_study_that_was_submitted_just_now_is_about_to_begin(runs: RunFolder) -> None:
    assert waiting(runs, time.time()) == 0


def test_a_study_that_was_stopped_waits_for_a_command(runs: RunFolder) -> None:
    lay_stop(runs, "faces", "cancel")

    assert waiting(runs) == 0


def test_what_is_over_waits_for_nobody(runs: RunFolder) -> None:
    for trial in look(runs, FACES).plan.trials:
        claim(runs, trial)
        finish(runs, trial, {"iou": 0.5})

    assert waiting(runs) == 0
