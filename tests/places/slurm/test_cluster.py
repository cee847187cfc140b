"""What only Slurm does as a place; all that places have in common is in tests/places/test_conformance.py."""

import time
from pathlib import Path

import pytest

from orchestrator.places.job_log import Launch
from orchestrator.places.profile import Profile
from orchestrator.places.program import is_alive
from orchestrator.places.slurm.cluster import SlurmCluster
from orchestrator.places.wall_limit import End
from tests.launches import begun


@pytest.fixture
def cluster() -> SlurmCluster:
    return SlurmCluster(Profile(name="p", patience=5))


@pytest.fixture
def launch(tmp_path: Path) -> Launch:
    """Give a launch of two workers."""
    return begun(tmp_path)


def test_slurm_says_when_a_job_ends(squeue: Path, cluster: SlurmCluster) -> None:
    squeue.write_text("#!/bin/sh\necho 2001-09-09T01:46:40\n")
    then = time.mktime((2001, 9, 9, 1, 46, 40, 0, 0, -1))

    assert cluster.end_of("slurm:1", 7200) == End(time=then, known=True)


def test_a_job_says_itself_when_it_ends(cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_END_TIME", "1000")

    assert cluster.end_of("slurm:1", 7200) == End(time=1000, known=True)


def test_without_an_answer_time_counts_from_the_begin_of_the_script(
    squeue: Path, cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    squeue.write_text("#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("ORCHESTRATOR_JOB_BEGAN", "1000")

    assert cluster.end_of("slurm:1", 7200) == End(time=1000 + 7200, known=False)


def test_of_two_arrays_with_one_token_the_first_counts(
    squeue: Path, cluster: SlurmCluster, launch: Launch
) -> None:
    squeue.write_text("#!/bin/sh\necho '10_1|PD|t|.'; echo '9_0|PD|t|.'; echo '8|R|other|.'\n")

    assert cluster.find(launch) == ("slurm:9_0", "slurm:9_1")


def test_a_job_knows_its_whole_array(cluster: SlurmCluster, launch: Launch) -> None:
    assert cluster.started_with("slurm:9_1", launch) == ("slurm:9_0", "slurm:9_1")


def test_outside_of_all_jobs_a_program_has_its_own_name(
    cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID"):
        monkeypatch.delenv(name, raising=False)

    assert is_alive(cluster.this_job())


def test_a_node_is_called_as_slurm_does(cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURMD_NODENAME", "pg-gpu02")

    assert cluster.this_node() == "pg-gpu02"
