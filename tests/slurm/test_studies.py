"""Whole studies on a real Slurm, typed as a user types them, with the shell gone after submit."""

import json

from tests.cluster_fixture import DevCluster
from tests.toy_fixture import Toy

CHAIN = """
study: chain
axes: {lr: [0.1, 0.2, 0.3, 0.4], seed: [0, 1]}
stages:
  train: {task: toy.train, over: [lr, seed]}
  use: {task: toy.use, over: [lr, seed], needs: {source: train}}
"""
SLOW = """
study: slow
axes: {lr: [0.1]}
stages:
  train: {task: toy.train, over: [lr], params: {held: true}}
"""
SEARCH = """
study: search
stages:
  sweep:
    task: toy.train
    search:
      sampler: tpe
      trials: 8
      parallel: 2
      space: {lr: {low: 1e-3, high: 1.0, log: true}, steps: [1, 2, 3]}
      objective: {minimize: loss}
  final: {task: toy.use, needs: {source: {stage: sweep, best: loss}}}
"""


def jobs_of(toy: Toy, cluster: DevCluster, study: str) -> list[str]:
    """Return the ids of the study's jobs that are queued or active."""
    queue = cluster.client("squeue", "--noheader", "--array", "--format=%i|%j")
    token = next((toy.folder / "runs/studies" / study / "jobs").glob("0001/intent.json")).read_text()
    return [
        line.split("|")[0] for line in queue.splitlines() if line.rpartition("-")[0].split("|")[1] in token
    ]


def test_a_chain_goes_on_after_the_shell_is_gone(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(CHAIN)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.done("chain", 16)

    assert {trial["attempts"] for trial in toy.trials("chain")} == {1}


def test_submitting_twice_queues_nothing_twice(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.type("advance", "slow")
    jobs = jobs_of(toy, dev_cluster, "slow")
    toy.type("cancel", "slow")

    assert len(jobs) == 2  # one worker and the sentinel that waits for it


def test_a_search_runs_with_two_workers(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SEARCH)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.done("search", 9)
    best = min(toy.trials("search", "sweep"), key=lambda trial: toy.result(trial["id"])["metrics"]["loss"])

    assert toy.trials("search", "final")[0]["params"]["lr"] == best["params"]["lr"]


def test_a_killed_job_goes_on_by_itself(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.saved()
    claim = next((toy.folder / "runs").glob("trials/*/*/attempts/001/claim.json"))
    job = json.loads(claim.read_text())["job"].removeprefix("slurm:")
    dev_cluster.client("scancel", "--signal=KILL", "--full", job)
    toy.wait(lambda: job not in jobs_of(toy, dev_cluster, "slow"))
    toy.let_go()
    toy.done("slow", 1)
    trial = toy.trials("slow")[0]

    assert trial["attempts"] == 2
    assert toy.result(trial["id"])["metrics"]["first"] > 0


def test_cancel_empties_the_queue(toy: Toy, dev_cluster: DevCluster) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--cluster", "dev")
    toy.saved()
    toy.type("cancel", "slow")
    toy.wait(lambda: not jobs_of(toy, dev_cluster, "slow"))

    assert toy.json("status", "slow")["states"] == {"CANCELLED": 1}
