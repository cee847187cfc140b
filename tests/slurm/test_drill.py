"""A drill on a real Slurm, typed as a user types it."""

import json

from tests.cluster_fixture import DevCluster
from tests.drill.test_drill import TASK
from tests.toy_fixture import Toy

STUDY = """
study: rehearse
stages:
  train: {task: toy.train, params: {steps: 40, wait: 0.2}}
"""


def test_stops_kills_and_a_silent_slurm_change_nothing(toy: Toy, dev_cluster: DevCluster) -> None:
    (toy.folder / "toy.py").write_text(TASK)
    toy.study(STUDY)
    faults = ("stop", "kill", "scheduler")
    words = [word for fault in faults for word in ("--fault", fault)]
    done = toy.type("drill", "study.yaml", "--cluster", "dev", *words, "--json")
    found = {one["fault"]: one["trials"][0] for one in json.loads(done.stdout)["faults"]}

    assert [found[fault]["hit"] for fault in faults] == [True] * 3
    assert found["scheduler"]["attempts"] == 1
    assert "checkpoint" in found["kill"]["went_on_from"]
