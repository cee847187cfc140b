"""The short form of `make soak`: some trials on a real Slurm under a fault of every kind."""

import json

import pytest

from tests.cluster_fixture import DevCluster
from tests.soak.faults import FAULTS
from tests.soak.soak import main


def test_nothing_is_lost_and_nothing_is_done_twice(
    dev_cluster: DevCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--trials", "40", "--faults", str(len(FAULTS)), "--seed", "1"]
    code = main([*size, "--number", str(dev_cluster.layout.number)])
    told = capsys.readouterr()

    assert code == 0, told.err
    assert json.loads(told.out)["faults"] == len(FAULTS)
