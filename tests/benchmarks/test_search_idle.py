from pathlib import Path

import pytest

from benchmarks.measuring import measure
from benchmarks.search_idle import Trial, gaps, idle, idle_of_workers, study
from benchmarks.studies import environment, write_project


def trial(worker: str, began: float, ended: float) -> Trial:
    """Return a trial that its worker claimed half a second earlier, and left half a second later."""
    return Trial(began=began, ended=ended, worker=worker, claimed=began - 0.5, left=ended + 0.5)


BUSY = [trial("a", 0, 9), trial("a", 10, 19), trial("b", 0, 9)]


def test_idle_is_all_time_without_a_trial_until_the_last_end() -> None:
    assert idle(BUSY, 2) == pytest.approx(1 - 27 / 38)


def test_a_worker_counts_from_its_first_claim_to_its_last_exit() -> None:
    assert idle_of_workers(BUSY) == pytest.approx(1 - 27 / 30)


def test_a_gap_is_between_two_trials_of_a_worker() -> None:
    assert gaps(BUSY) == [1]


def test_its_study_can_be_planned(tmp_path: Path) -> None:
    project = write_project(tmp_path, study(3, 0.0, 2))
    planned = measure(project.command("plan"), project.folder, environment())

    assert planned.code == 0, planned.err
