"""Which programs of this machine count as part of a job."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from slurm.dev_config import Layout
from slurm.dev_jobs import job_processes, kill_jobs
from tests.waiting import PATIENCE_S

LAYOUT = Layout(Path(f"/no/such/cluster/{os.getpid()}"))  # nobody else's at the same moment
JOB = {
    "SLURM_CONF": str(LAYOUT.slurm_conf),
    "SLURMD_NODENAME": "pg-gpu02",
    "SLURM_JOB_ID": "7",
}


@pytest.fixture
def sleeper(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["/bin/sleep", "60"], env=request.param) as child:
        yield child
        child.kill()


@pytest.mark.parametrize("sleeper", [JOB], indirect=True)
def test_program_with_the_variables_of_a_job_is_found(sleeper: subprocess.Popen[bytes]) -> None:
    assert job_processes(LAYOUT, ("pg-gpu02",)) == [sleeper.pid]


@pytest.mark.parametrize("sleeper", [JOB], indirect=True)
def test_program_of_another_node_is_not_found(sleeper: subprocess.Popen[bytes]) -> None:
    assert job_processes(LAYOUT, ("pg-gpu01",)) == []


@pytest.mark.parametrize(
    "sleeper", [{name: JOB[name] for name in JOB if name != left_out} for left_out in JOB], indirect=True
)
def test_shell_of_a_user_is_not_found(sleeper: subprocess.Popen[bytes]) -> None:
    assert job_processes(LAYOUT, ("pg-gpu02",)) == []


@pytest.mark.parametrize("sleeper", [JOB], indirect=True)
def test_kill_ends_it(sleeper: subprocess.Popen[bytes]) -> None:
    kill_jobs(LAYOUT, ("pg-gpu02",))

    assert sleeper.wait(PATIENCE_S) == -9
