"""A small training whose end depends on every step; it keeps a diary outside of the run folder.

`DATA/pace` holds the seconds that a step takes: it changes how long a trial lasts, never what comes out.
`DATA/diary.jsonl` gets a line when an attempt begins, after each step, after each save and at the end of the
training, each in one write, so that what was trained twice can be told without believing the run folder.
"""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import time
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from tasks.parts.context import Context

VERSION = 1
LOCKSTEP = ("rate",)
Ended: TypeAlias = "tuple[int, dict[str, float] | Exception]"
Steps: TypeAlias = "Generator[None, None, dict[str, float]]"


class Params(BaseModel):
    """Parameters of a training."""

    rate: float = Field(0.5, gt=0)
    steps: int = Field(20, ge=1)
    save_every: int = Field(4, ge=1)
    least: float = 0.0
    """The loss of a smaller rate is NaN."""
    asks: bool = True
    """Whether it asks if it has to stop."""
    child: bool = False
    """Whether it starts a program that it leaves to itself."""


@dataclass(frozen=True)
class Weights:
    """Everything that a training carries from step to step."""

    step: int
    value: float
    digest: str
    dice: Any
    """State of Python's random numbers."""


def train(params: Params, context: Context) -> dict[str, float]:
    """Train from nothing."""
    return _whole(_train(params, context, 0.0, ""))


def go_on(params: Params, context: Context) -> dict[str, float]:
    """Train from where the needed trial ended."""
    return _whole(_go_on(params, context))


def go_on_together(params: Sequence[Params], contexts: Sequence[Context]) -> Iterator[Ended]:
    """Train several in lockstep from where those that they need have ended."""
    yield from _in_turns([_go_on(*each) for each in zip(params, contexts, strict=True)])


def train_together(params: Sequence[Params], contexts: Sequence[Context]) -> Iterator[Ended]:
    """Train several in lockstep from nothing."""
    yield from _in_turns([_train(*each, 0.0, "") for each in zip(params, contexts, strict=True)])


def _go_on(params: Params, context: Context) -> Steps:
    source = json.loads((context.need("source") / "weights.json").read_text())
    return (yield from _train(params, context, source["value"], source["digest"]))


def _in_turns(trainings: Sequence[Steps]) -> Iterator[Ended]:
    """Let each training take a step in its turn, and yield the place of each that has ended."""
    left = dict(enumerate(trainings))
    while left:
        for place, steps in list(left.items()):
            outcome: dict[str, float] | Exception | None = None
            try:
                next(steps)
            except StopIteration as end:
                outcome = end.value
            except InterruptedError as stop:
                outcome = stop
            if outcome is not None:
                del left[place]
                yield place, outcome


def _whole(steps: Steps) -> dict[str, float]:
    """Take all steps of a training and return its metrics."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            metrics: dict[str, float] = end.value
            return metrics


def _train(params: Params, context: Context, value: float, digest: str) -> Steps:
    """Train, with a pause after each step; return the metrics."""
    weights = _load(context) or _begin(context.seed, value, digest)
    saved, trained = weights.step, False
    if params.child:
        subprocess.Popen(["sleep", "3600"], start_new_session=context.seed % 2 == 0)
    _note(context, "begins", weights.step)
    while weights.step < params.steps:
        if params.asks and context.should_stop():
            if weights.step > saved:
                _save(context, weights)
            raise InterruptedError(f"stopped before step {weights.step + 1}")
        time.sleep(float((context.data / "pace").read_text()))
        weights, trained = _step(weights, params.rate), True
        _note(context, "trained", weights.step)
        context.log({"value": weights.value}, weights.step)
        if weights.step % params.save_every == 0 or weights.step == params.steps:
            _save(context, weights)
            saved = weights.step
        yield
    if trained:  # by this attempt, and safe on disk
        _note(context, "ends", weights.step)
    context.artifact("weights.json").write_text(json.dumps(asdict(weights)))
    return {
        "loss": abs(weights.value) if params.rate >= params.least else math.nan,
        "value": weights.value,
        "digest": float(int(weights.digest[:13], 16)),
        "steps": float(weights.step),
    }


def _begin(seed: int, value: float, digest: str) -> Weights:
    return Weights(step=0, value=value, digest=digest, dice=random.Random(seed).getstate())


def _step(weights: Weights, rate: float) -> Weights:
    """Return the weights after one more step; left out or done twice, everything after it is different."""
    dice = random.Random()
    version, numbers, gauss = weights.dice
    dice.setstate((version, tuple(numbers), gauss))
    value = 0.9 * weights.value + rate * dice.gauss(0, 1)
    digest = sha256(f"{weights.digest} {weights.step} {value!r}".encode()).hexdigest()
    return replace(weights, step=weights.step + 1, value=value, digest=digest, dice=dice.getstate())


def _load(context: Context) -> Weights | None:
    file = context.checkpoint / "weights.json"
    return Weights(**json.loads(file.read_text())) if file.exists() else None


def _save(context: Context, weights: Weights) -> None:
    """Write the checkpoint whole or not at all."""
    beside = context.checkpoint / f".weights.{os.getpid()}"
    with context.saving(weights.step):
        with beside.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(weights)))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(context.checkpoint / "weights.json")
    _note(context, "saved", weights.step)


def _note(context: Context, event: str, step: int) -> None:
    """Add a line to the diary, in one write: of a killed attempt it is there whole or not at all."""
    line = {
        "trial": context.checkpoint.parent.name,
        "pid": os.getpid(),
        "job": os.environ.get("SLURM_JOB_ID", ""),
        "event": event,
        "step": step,
        "time": time.time(),
    }
    diary = os.open(context.data / "diary.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        os.write(diary, f"{json.dumps(line)}\n".encode())
    finally:
        os.close(diary)
