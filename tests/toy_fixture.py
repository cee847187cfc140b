"""A folder with a small task and a study, and the command line to use them with: what a stranger has."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

TASK = """
import time

from pydantic import BaseModel, Field


class Params(BaseModel):
    lr: float = Field(0.1, gt=0)
    steps: int = Field(2, ge=1)
    wait: float = 0.0
    fail: bool = False


def train(params: Params, context) -> dict[str, float]:
    if params.fail:
        raise ValueError("asked to fail")
    saved = context.checkpoint / "step"
    first = int(saved.read_text()) if saved.exists() else 0
    for step in range(first, params.steps):
        if context.should_stop():
            raise InterruptedError(f"stopped before step {step}")
        time.sleep(params.wait)
        context.log({"loss": params.lr / (step + 1)}, step)
        saved.write_text(str(step + 1))
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
            timeout=300,
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
            [sys.executable, "-m", "orchestrator.engine.worker", *words],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            timeout=300,
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
        return next((self.folder / "runs/trials").glob(f"*-{identity}"))

    def result(self, identity: str) -> dict[str, Any]:
        """Return a trial's result."""
        values: dict[str, Any] = json.loads((self.trial_folder(identity) / "result.json").read_text())
        return values

    def wait(self, what: Callable[[], bool], seconds: float = 60) -> None:
        """Wait until something is so."""
        patience = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < patience, "it did not happen"
            time.sleep(0.1)


def environment() -> dict[str, str]:
    """Return an environment in which nobody has set anything of ours."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ORCHESTRATOR_")}


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    """Give a folder with the task `toy`."""
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "toy.py").write_text(TASK)
    return Toy(folder)
