"""A very short soak on a file system that the nodes share by network, each with a cache of its own."""

import json

import pytest

from slurm.dev_config import Layout
from tests.soak.soak import main

SEED, FAULTS = 3330, 8
"""Workers are killed, alone and together, a node crashes, `submit` is typed twice at once."""


def test_nothing_is_lost_and_nothing_is_done_twice(
    shared_cluster: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--trials", "12", "--faults", str(FAULTS), "--seed", str(SEED), "--brief"]
    code = main([*size, "--shared", "--number", str(shared_cluster.number)])
    told = capsys.readouterr()

    assert code == 0, told.err
    assert json.loads(told.out)["faults"] == FAULTS
