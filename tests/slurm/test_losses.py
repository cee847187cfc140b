"""Losses on a real Slurm: a node that fails, memory that does not suffice."""

import fnmatch
import json
import os
from pathlib import Path
from typing import Any

from slurm.dev_cluster import stop_daemon, up
from tests.cluster_fixture import DevCluster
from tests.toy_fixture import Toy

SLOW = "study: slow\nstages:\n  train: {task: toy.train, params: {held: true}}\n"
HUNGRY = """
import os
import signal

from pydantic import BaseModel


class Params(BaseModel):
    lr: float = 0.1


def train(params: Params, context) -> dict[str, float]:
    held = bytearray(700 * 1024**2)
    if not (context.checkpoint / "tried").exists():
        (context.checkpoint / "tried").touch()
        os.kill(os.getpid(), signal.SIGKILL)  # what the kernel does to one that holds too much
    return {"loss": float(len(held))}
"""
BIG = """
study: big
shapes: {small: {memory: 600MB}}
stages:
  train: {task: hungry.train, shape: small}
"""


def evidence(toy: Toy, name: str) -> list[dict[str, Any]]:
    """Return the records of this name, oldest first; folders may be renamed meanwhile, which rglob minds."""
    walked = os.walk(toy.folder / "runs")
    paths = sorted(Path(folder, file) for folder, _, files in walked for file in fnmatch.filter(files, name))
    return [json.loads(path.read_text()) for path in paths]


def test_a_failed_node_is_told_and_avoided(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.saved()
    job = str(evidence(toy, "claim.json")[0]["job"]).removeprefix("slurm:")
    node = dev_cluster.client("squeue", "--noheader", f"--job={job}", "--format=%N").strip()
    stop_daemon(dev_cluster.layout, node, kill=True)
    toy.let_go()
    try:
        toy.done("slow", 1)
    finally:
        up(dev_cluster.layout)

    assert [(loss["state"], loss["node"]) for loss in evidence(toy, "loss.json")] == [("NODE_FAIL", node)]
    assert [node] in [intent["avoid"] for intent in evidence(toy, "intent.json")]


def test_a_lack_of_memory_is_repeated_once_with_more(toy: Toy, dev_cluster: DevCluster) -> None:
    (toy.folder / "hungry.py").write_text(HUNGRY)
    (toy.folder / "roomy.yaml").write_text(
        "name: roomy\npartition: gpu\nlease: 20\nsignal_lead: 20\nmax_memory: 1GB\n"
    )
    toy.study(BIG)
    toy.type("submit", "study.yaml", "--cluster", "roomy.yaml")
    toy.done("big", 1)
    asked = [
        intent["shape"]["memory"] for intent in evidence(toy, "intent.json") if intent["kind"] == "workers"
    ]

    assert asked == [600, 1024]


def test_nodes_whose_gpus_cannot_be_used_are_avoided_and_told(toy: Toy, dev_cluster: DevCluster) -> None:
    (toy.folder / "checked.yaml").write_text(
        "name: checked\npartition: gpu\ngres: gpu:k40\nlease: 20\nsignal_lead: 20\n"
    )
    toy.study("study: g\nshapes: {big: {gpus: 1}}\nstages:\n  train: {task: toy.train, shape: big}\n")
    toy.type("submit", "study.yaml", "--cluster", "checked.yaml")
    toy.wait(lambda: len(evidence(toy, "gpu-failure-*.json")) >= 3)
    told = toy.type("watch", "g", code=1).stderr
    first = evidence(toy, "gpu-failure-*.json")[0]
    toy.type("submit", "study.yaml", "--cluster", "checked.yaml", "--cpu")
    toy.done("g", 1)

    assert f"gpu_failure: no worker with 1 GPU could use what it asked for: on {first['node']}: " in told
    assert first["node"].startswith("pg-gpu")
    assert [first["node"]] in [intent["avoid"] for intent in evidence(toy, "intent.json")]
    assert len(evidence(toy, "claim.json")) == 1
