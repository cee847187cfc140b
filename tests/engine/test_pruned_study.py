"""Whole searches with a pruner on this machine, typed as a user types them, and killed in the middle."""

import contextlib
import json
import os
import signal
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.drive import living_workers
from orchestrator.evidence.edges.decisions import read_decisions
from orchestrator.evidence.edges.run_folder import RunFolder
from tests.toy_fixture import Toy, make_toy

pytestmark = pytest.mark.slow

TASK = """
import hashlib
import json
import time

from pydantic import BaseModel


class Params(BaseModel):
    lr: float = 0.5
    steps: int = 8
    wait: float = 0.0


def train(params: Params, context):
    saved = context.checkpoint / "state.json"
    state = json.loads(saved.read_text()) if saved.exists() else {"step": 0, "digest": repr(params.lr)}
    while state["step"] < params.steps:
        if context.should_stop():
            raise InterruptedError(f"stopped before step {state['step']}")
        time.sleep(params.wait)
        digest = hashlib.sha256(state["digest"].encode()).hexdigest()
        state = {"step": state["step"] + 1, "digest": digest}
        with context.saving(state["step"]):
            saved.with_name("new").write_text(json.dumps(state))
            saved.with_name("new").replace(saved)
        context.log({"loss": params.lr / state["step"]}, state["step"])
    return {"loss": params.lr, "digest": float(int(state["digest"][:12], 16))}
"""
PRUNED = """
study: s
stages:
  sweep:
    task: chain.train
    params: {{wait: {wait}}}
    search:
      sampler: {sampler}
      trials: 14
      parallel: 2
      space: {{lr: {{low: 0.1, high: 1.0}}}}
      objective: {{minimize: loss}}
      {pruner}
"""
HALVING = "pruner: {name: successive_halving, min_resource: 2, reduction_factor: 2}"
TRIALS = 14


def chain(place: Path, *, pruner: str = HALVING, sampler: str = "random", wait: float = 0.0) -> Toy:
    """Return a folder with a search of trials whose end depends on every step."""
    toy = make_toy(place)
    (toy.folder / "chain.py").write_text(TASK)
    toy.study(PRUNED.format(pruner=pruner, sampler=sampler, wait=wait))
    return toy


def digests(toy: Toy) -> dict[str, Any]:
    """Return what every trial gave, as far as each has a result."""
    return {path.parent.name: json.loads(path.read_text())["metrics"] for path in files(toy, "result.json")}


def files(toy: Toy, name: str) -> list[Path]:
    """Return the files of trials that lie at a place in their folders."""
    return sorted((toy.folder / "runs").glob(f"trials/*/*/{name}"))


def ended(toy: Toy) -> int:
    """Return how many trials have ended, as far as their files say."""
    exits = [json.loads(path.read_text())["outcome"] for path in files(toy, "attempts/*/exit.json")]
    return sum(outcome in {"done", "pruned"} for outcome in exits)


def at_it(toy: Toy) -> list[Path]:
    """Return the attempts that have logged two steps and not ended: nobody is about to claim anything."""
    logs = [path for path in files(toy, "attempts/*/metrics.jsonl") if path.read_text().count("\n") > 1]
    return [path for path in logs if not path.with_name("exit.json").exists()]


def kill_workers(toy: Toy) -> None:
    """Kill every worker of the study at once."""
    for job in living_workers(RunFolder(toy.folder / "runs"), "s"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(job.split(":")[2]), signal.SIGKILL)


def wrong_of(toy: Toy) -> list[str]:
    """Return what is wrong with a search that is over: what is lost, asked twice or decided twice."""
    answers = [
        json.loads(path.read_text()) for path in sorted((toy.folder / "runs/searches").glob("*/[0-9]*"))
    ]
    params = [params for one in answers for params in (one["params"], *one.get("more", ()))]
    states = Counter(trial["state"] for trial in toy.trials("s"))
    wrong = [f"{len(params)} answers"] if len({str(one) for one in params}) != TRIALS else []
    if set(states) - {"DONE", "PRUNED"} or states.total() != TRIALS:
        wrong.append(f"the states are {states}")
    for folder in files(toy, "attempts"):
        decisions = [one for attempt in sorted(folder.iterdir()) for one in read_decisions(attempt)]
        steps = Counter(one.step for one in decisions)
        exits = [json.loads(path.read_text())["outcome"] for path in folder.glob("*/exit.json")]
        wrong += [
            f"{folder}: step {step} was decided {count} times" for step, count in steps.items() if count > 1
        ]
        if ("pruned" in exits) != any(one.prune for one in decisions):
            wrong.append(f"{folder}: {exits} after {decisions}")
        if exits.count("pruned") + (folder.parent / "result.json").exists() != 1:
            wrong.append(f"{folder}: pruned or done once, not {exits}")
    return wrong


@pytest.mark.parametrize("sampler", ["random", "tpe"])
def test_a_search_whose_workers_are_killed_twice_loses_no_trial_and_asks_none_twice(
    tmp_path: Path, sampler: str
) -> None:
    toy = chain(tmp_path, sampler=sampler, wait=0.05)
    submit = toy.start("submit", "study.yaml")
    for count in (3, 8):
        toy.wait(lambda count=count: ended(toy) >= count or submit.poll() is not None)
        toy.wait(lambda: at_it(toy) or submit.poll() is not None)
        kill_workers(toy)
    code = submit.wait()

    assert (code, wrong_of(toy)) == (0, [])
    assert len(files(toy, "attempts/002/claim.json")) > 0, "nobody was met in the middle"
    assert len(digests(toy)) < TRIALS, "nobody was pruned"


def test_what_was_pruned_is_trained_to_its_end_by_retry_alone_bit_for_bit(tmp_path: Path) -> None:
    (tmp_path / "whole").mkdir()
    toy, whole = chain(tmp_path), chain(tmp_path / "whole", pruner="")
    toy.type("submit", "study.yaml")
    whole.type("submit", "study.yaml")
    pruned = TRIALS - len(digests(toy))
    toy.type("submit", "study.yaml")
    again = TRIALS - len(digests(toy))
    toy.type("retry", "s")
    toy.type("submit", "study.yaml")

    assert 0 < pruned == again
    assert digests(toy) == digests(whole)
    assert {first_step(toy, path) for path in files(toy, "attempts/002")} != {1}, "they began anew"


def first_step(toy: Toy, attempt: Path) -> int:
    """Return the first step that an attempt has logged."""
    step: int = json.loads((attempt / "metrics.jsonl").read_text().splitlines()[0])["step"]
    return step


SCRIPT = """
import json, os, pathlib, signal, sys, time

lr, stopped = float(sys.argv[1]), []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
for step in range(1, 2000):
    print(f"step {step} loss={lr / step:.6f}", flush=True)
    if stopped:
        break
    time.sleep(0.05)
pathlib.Path(os.environ["ORCHESTRATOR_CHECKPOINT"], "end").write_text("saved")
"""
COMMAND = """
study: s
stages:
  sweep:
    command: python train.py ${lr}
    metrics: {loss: 'loss=([0-9.]+)'}
    search:
      sampler: random
      trials: 1
      space: {lr: [0.9]}
      objective: {minimize: loss}
      pruner: {name: threshold, upper: 0.5}
"""


def test_a_command_is_told_to_stop_and_saves(toy: Toy) -> None:
    (toy.folder / "train.py").write_text(SCRIPT)
    toy.study(COMMAND)
    toy.type("submit", "study.yaml")
    (trial,) = toy.trials("s")

    assert trial["state"] == "PRUNED"
    assert (toy.trial_folder(trial["id"]) / "checkpoint/end").read_text() == "saved"
