"""What becomes of trials that fail, are killed or get nowhere: typed as a user types it, on this machine."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.toy_fixture import Toy, make_toy
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.slow

FAILING = """
study: failing
axes: {lr: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]}
stages:
  train: {task: toy.train, over: [lr], params: {fail: true}}
  use: {task: toy.use, over: [lr], needs: {source: train}}
"""
SLOW = "study: slow\nstages:\n  train: {task: toy.train, params: {lr: 0.1, steps: 3, held: true}}\n"
STUCK = """
import time
from pydantic import BaseModel

class Params(BaseModel):
    lr: float = 0.1

def train(params: Params, context) -> dict[str, float]:
    while not context.should_stop():
        time.sleep(0.05)
    raise InterruptedError("stopped before the first step")
"""


def worker_of(toy: Toy) -> int:
    """Return the number of the worker, once its trial has saved something and is held."""
    toy.saved()
    claim = next((toy.folder / "runs").glob("trials/*/*/attempts/*/claim.json"))
    return int(json.loads(claim.read_text())["job"].split(":")[2])


def runner_of(toy: Toy) -> int:
    """Return the number of the program that trains; the worker's guard is its first child."""
    worker = worker_of(toy)
    return int(Path(f"/proc/{worker}/task/{worker}/children").read_text().split()[-1])


@pytest.fixture(scope="module")
def paused(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a study whose trials failed alike; it is only looked at."""
    toy = make_toy(tmp_path_factory.mktemp("paused"))
    toy.study(FAILING)
    toy.type("submit", "study.yaml", code=1)
    return toy


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    """Give a finished study whose trial was killed once; it is only looked at."""
    toy = make_toy(tmp_path_factory.mktemp("killed"))
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--detach")
    os.kill(runner_of(toy), signal.SIGKILL)
    toy.let_go()
    toy.done("slow", 1)
    return toy


def test_a_stage_whose_trials_fail_alike_is_paused(paused: Toy) -> None:
    states = paused.json("status", "failing")["states"]

    assert states["PAUSED"] >= 3
    assert states["FAILED"] + states["PAUSED"] == 8


def test_a_paused_stage_goes_on_once_its_cause_is_mended(toy: Toy) -> None:
    toy.study(FAILING)
    toy.type("submit", "study.yaml", code=1)
    task = toy.folder / "toy.py"
    task.write_text(task.read_text().replace('raise ValueError("asked to fail")', "pass"))
    toy.type("retry", "failing")
    toy.type("submit", "study.yaml")

    assert toy.json("status", "failing")["states"] == {"DONE": 16}


def test_submit_comes_back_after_its_workers(toy: Toy) -> None:
    """One left over would run with the old code what is retried with new."""
    toy.study(SLOW)
    submit = toy.start("submit", "study.yaml")
    worker = worker_of(toy)
    os.kill(worker, signal.SIGSTOP)
    toy.let_go()
    toy.wait(
        lambda: (
            "waiting for 1 of its workers to end" in (toy.folder / "typed.log").read_text()
            or submit.poll() is not None
        )
    )
    waits = submit.poll() is None
    os.kill(worker, signal.SIGCONT)

    assert submit.wait(PATIENCE_S) == 0
    assert waits


def test_status_says_once_what_went_wrong_and_what_to_do(paused: Toy) -> None:
    told = paused.type("status", "failing").stderr

    assert told.count("asked to fail") == 1
    assert "train is paused" in told
    assert "orchestrator retry failing" in told


def test_a_killed_trial_goes_on_from_its_checkpoint(killed: Toy) -> None:
    trial = killed.trials("slow")[0]

    assert trial["attempts"] == 2
    assert killed.result(trial["id"])["metrics"]["first"] > 0


def test_a_killed_trial_tells_how_it_died(killed: Toy) -> None:
    assert "killed by signal 9" in killed.type("why", killed.trials("slow")[0]["id"]).stdout


def test_a_trial_that_never_gets_on_is_given_up(toy: Toy) -> None:
    (toy.folder / "stuck.py").write_text(STUCK)
    toy.study(
        "study: stuck\nshapes: {brief: {time: 2s}}\nstages:\n  train: {task: stuck.train, shape: brief}\n"
    )
    toy.type("submit", "study.yaml", code=1)
    trial = toy.json("status", "stuck")["trials"][0]

    assert trial["attempts"] == 3
    assert trial["failure"]["kind"] == "no_progress"


@pytest.mark.parametrize(("words", "first"), [((), True), (("--restart",), False)], ids=["retry", "restart"])
def test_retry_goes_on_and_restart_begins_anew(toy: Toy, words: tuple[str, ...], first: bool) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--detach")
    toy.saved()
    toy.type("cancel", "slow")
    toy.wait(lambda: toy.json("status", "slow")["states"] == {"CANCELLED": 1})
    toy.let_go()
    toy.type("retry", "slow", *words)
    toy.type("submit", "study.yaml")
    metrics = toy.result(toy.trials("slow")[0]["id"])["metrics"]

    assert (metrics["first"] > 0) is first


def test_restart_keeps_the_old_checkpoint(toy: Toy) -> None:
    toy.study(SLOW)
    toy.type("submit", "study.yaml", "--detach")
    toy.saved()
    toy.type("cancel", "slow")
    toy.wait(lambda: toy.json("status", "slow")["states"] == {"CANCELLED": 1})
    toy.type("retry", "slow", "--restart")
    aside = list((toy.folder / "runs/trials").glob("*/*/checkpoint.until-001/step"))

    assert len(aside) == 1


def test_retry_tells_the_whole_command_to_go_on_with(toy: Toy) -> None:
    toy.study(FAILING)
    toy.type("submit", "study.yaml", "--set", "axes.lr=[0.1]", "--only", "train", code=1)

    assert "study.yaml' --set 'axes.lr=[0.1]' --only train" in toy.type("retry", "failing").stderr


def test_what_is_done_cannot_be_retried(toy: Toy) -> None:
    toy.study(SLOW.replace("held: true", "held: false"))
    toy.type("submit", "study.yaml")
    told = toy.type("retry", "slow", toy.trials("slow")[0]["id"], "--restart", code=2).stderr

    assert "nothing to take up again (1 DONE)" in told


def test_shapes_that_no_node_fits_are_told_before_anything_is_queued(toy: Toy) -> None:
    toy.study(
        "study: s\nshapes: {big: {memory: 2GB, time: 2h}}\nstages:\n  a: {task: toy.train, shape: big}\n"
    )
    (toy.folder / "small.yaml").write_text("name: small\nmax_memory: 1GB\nmax_time: 1h\n")
    told = toy.type("submit", "study.yaml", "--cluster", "small.yaml", code=2).stderr

    assert "a asks for 2048 MB, but no node of `small` has more than 1024 MB" in told
    assert "a asks for 2h, but `small` ends jobs after 1h" in told
