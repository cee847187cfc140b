"""A task whose trials may be trained in lockstep, and a study of it: what a stranger would have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.toy_fixture import Toy, make_toy

if TYPE_CHECKING:
    from pathlib import Path

TASK = """
import hashlib
import json
import os
import time

from pydantic import BaseModel

LOCKSTEP = ("lr", "fail", "clumsy")


class Params(BaseModel):
    lr: float = 0.5
    steps: int = 6
    wait: float = 0.0
    held: bool = False
    fail: bool = False
    clumsy: bool = False


class Chain:
    def __init__(self, params, context):
        self.params, self.context, self.saved = params, context, context.checkpoint / "state.json"
        self.state = json.loads(self.saved.read_text()) if self.saved.exists() else [0, repr(params.lr)]

    def step(self):
        if self.context.should_stop():
            raise InterruptedError(f"stopped before step {self.state[0]}")
        if self.params.fail and self.state[0] == 2:
            raise FloatingPointError("loss is NaN")
        time.sleep(self.params.wait)
        self.state = [self.state[0] + 1, hashlib.sha256(self.state[1].encode()).hexdigest()]
        with self.context.saving(self.state[0]):
            self.saved.with_name("new").write_text(json.dumps(self.state))
            self.saved.with_name("new").replace(self.saved)
        self.context.log({"loss": self.params.lr / self.state[0]}, self.state[0])

    def result(self):
        print("trained to the end:", self.params.lr)
        return {"loss": self.params.lr, "digest": float(int(self.state[1][:12], 16)), "pid": os.getpid()}


def hold(chains):
    while any(
        chain.params.held and not (chain.context.checkpoint.parents[4] / "go").exists() for chain in chains
    ) and not any(chain.context.should_stop() for chain in chains):
        time.sleep(0.02)


def train(params: Params, context):
    chain = Chain(params, context)
    while chain.state[0] < params.steps:
        chain.step()
        hold([chain])
    return chain.result()


def train_together(params, contexts):
    left = {place: Chain(*each) for place, each in enumerate(zip(params, contexts))}
    while left:
        for place, chain in list(left.items()):
            if chain.params.clumsy and chain.state[0] == 3:
                raise RuntimeError("a mistake in what trains them together")
            try:
                chain.step()
            except (InterruptedError, FloatingPointError) as error:
                del left[place]
                yield place, error
            else:
                if chain.state[0] == chain.params.steps:
                    del left[place]
                    yield place, chain.result()
        hold(list(left.values()))
"""
STUDY = """
study: s
axes: {{lr: [0.1, 0.2, 0.3, 0.4, 0.5]}}
shapes: {{joint: {{lockstep: {lockstep}, workers: 1}}}}
stages:
  train: {{task: chain.train, over: [lr], shape: joint, params: {{wait: {wait}, held: {held}}}}}
"""


def in_lockstep(place: Path, *, lockstep: int = 5, wait: float = 0.0, held: bool = False) -> Toy:
    """Return a folder with a study of five trials, so many of which are trained together."""
    toy = make_toy(place)
    (toy.folder / "chain.py").write_text(TASK)
    toy.study(STUDY.format(lockstep=lockstep, wait=wait, held=str(held).lower()))
    return toy


def results(toy: Toy) -> list[dict[str, Any]]:
    """Return the results of all trials, in the order of the plan."""
    return [toy.result(trial["id"]) for trial in toy.trials("s")]


def digests(toy: Toy) -> list[float]:
    """Return what depends on every step of each trial."""
    return [result["metrics"]["digest"] for result in results(toy)]


def programs(toy: Toy) -> list[float]:
    """Return how many trials each program finished."""
    pids = [result["metrics"]["pid"] for result in results(toy)]
    return sorted(pids.count(pid) for pid in set(pids))


def outcomes(toy: Toy, attempt: int = 1) -> list[str]:
    """Return how the attempts of a number ended."""
    files = sorted((toy.folder / "runs").glob(f"trials/*/*/attempts/{attempt:03}/exit.json"))
    return sorted(json.loads(file.read_text())["outcome"] for file in files)
