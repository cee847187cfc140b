"""A folder with a small task and a study, and the command line to use them with: what a stranger has."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import PATIENCE_S, wait

TASK = """
import time

from pydantic import BaseModel, Field


class Params(BaseModel):
    lr: float = Field(0.1, gt=0)
    steps: int = Field(2, ge=1)
    wait: float = 0.0
    fail: bool = False
    held: bool = False


def train(params: Params, context) -> dict[str, float]:
    if params.fail:
        raise ValueError("asked to fail")
    saved = context.checkpoint / "step"
    released = context.checkpoint.parents[4] / "go"
    first = int(saved.read_text()) if saved.exists() else 0
    for step in range(first, params.steps):
        if context.should_stop():
            raise InterruptedError(f"stopped before step {step}")
        time.sleep(params.wait)
        context.log({"loss": params.lr / (step + 1)}, step)
        saved.with_name("step.tmp").write_text(str(step + 1))
        saved.with_name("step.tmp").replace(saved)
        while params.held and not released.exists() and not context.should_stop():
            time.sleep(0.02)
    context.artifact("steps.txt").write_text(f"{first} to {params.steps}")
    print("trained with", params.lr, "seed", context.seed)
    return {"loss": (params.lr - 0.3) ** 2, "first": float(first)}


class Use(BaseModel):
    lr: float = 0.0


def use(params: Use, context) -> dict[str, float]:
    return {"lr": params.lr, "files": float(len(list(context.need("source").iterdir())))}
"""


@dataclass(frozen=True)
class Toy:
    """The folder, and what can be typed in it."""

    folder: Path

    def study(self, text: str, name: str = "study.yaml") -> None:
        """Write a study file."""
        (self.folder / name).write_text(text)

    def type(self, *words: str, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Type a command and expect its exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator", *words],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert code is None or done.returncode == code, done.stdout + done.stderr
        return done

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Type a command and do not wait for it."""
        with (self.folder / "typed.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "orchestrator", *words],
                cwd=self.folder,
                env=environment(),
                stdout=log,
                stderr=log,
            )

    def worker(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Be a worker or a sentinel, as a job script starts it, and expect it to end well."""
        return subprocess.run(
            [sys.executable, "-m", "orchestrator.engine.work", *words],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=True,
        )

    def json(self, *words: str) -> Any:
        """Type a command with --json and return what it printed."""
        return json.loads(self.type(*words, "--json").stdout)

    def trials(self, study: str, stage: str | None = None) -> list[dict[str, Any]]:
        """Return what `status` says of the trials."""
        trials: list[dict[str, Any]] = self.json("status", study)["trials"]
        return [trial for trial in trials if stage in {None, trial["stage"]}]

    def trial_folder(self, identity: str) -> Path:
        """Return the folder of a trial."""
        return next((self.folder / "runs/trials").glob(f"*/*-{identity}"))

    def result(self, identity: str) -> dict[str, Any]:
        """Return a trial's result."""
        values: dict[str, Any] = json.loads((self.trial_folder(identity) / "result.json").read_text())
        return values

    def wait(self, what: Callable[[], object]) -> None:
        """Wait until something is so."""
        wait(what)

    def saved(self, count: int = 1) -> None:
        """Wait until so many trials have saved a checkpoint."""
        wait(lambda: len(list((self.folder / "runs").glob("trials/*/*/checkpoint/step"))) >= count)

    def done(self, study: str, count: int) -> None:
        """Wait until so many trials have a result; by then that is all that `status` knows of."""
        wait(lambda: len(list((self.folder / "runs").glob("trials/*/*/result.json"))) >= count)
        assert self.json("status", study)["states"] == {"DONE": count}

    def let_go(self) -> None:
        """Let trials that are held after a step go on."""
        (self.folder / "go").touch()


def environment() -> dict[str, str]:
    """Return an environment in which nobody has set anything of ours, but that MLflow is left alone."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("ORCHESTRATOR_")}
    return {**others, "ORCHESTRATOR_MLFLOW": "off"}


def make_toy(place: Path, task: str = TASK) -> Toy:
    """Return a new folder with the task `toy`."""
    folder = place / "a folder"
    folder.mkdir()
    (folder / "toy.py").write_text(task)
    return Toy(folder)


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Give a folder with the task `toy`."""
    return make_toy(tmp_path)
