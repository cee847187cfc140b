"""A search with a pruner whose trials depend on every step, and what must hold once it is over."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from orchestrator.evidence.edges.decisions import read_decisions
from tests.toy_fixture import Toy, make_toy

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
STEPS = 8
"""Of a trial: one that is to end after the last of them has a result by then."""


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
        ends = {one.step for one in decisions if one.prune}
        if ("pruned" in exits and not ends) or ("pruned" not in exits and ends - {STEPS}):
            wrong.append(f"{folder}: {exits} after {decisions}")
        if exits.count("pruned") + (folder.parent / "result.json").exists() != 1:
            wrong.append(f"{folder}: pruned or done once, not {exits}")
    return wrong
