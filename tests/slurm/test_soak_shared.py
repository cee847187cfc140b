"""A very short soak on a file system that the nodes share by network, where other clients' caches matter."""

import json

import pytest

from slurm.dev_cluster import missing
from tests.lanes import cluster_of
from tests.soak.soak import main

pytestmark = pytest.mark.slurm
TRIALS, FAULTS = 12, 8


def test_nothing_is_lost_and_nothing_is_done_twice(
    request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    if lacking := missing(shared=True):
        pytest.skip(f"NOT TESTED on a shared file system: {'; '.join(lacking)}")
    size = ["--trials", str(TRIALS), "--faults", str(FAULTS), "--seed", "1"]
    code = main([*size, "--shared", "--number", str(cluster_of(request.node.nodeid.partition("::")[0]))])
    told = capsys.readouterr()

    assert code == 0, told.err
    assert json.loads(told.out)["faults"] == FAULTS
