"""The studies that are measured, and the command line to use them with."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[1]
TASKS = ("trial_noop.py", "trial_search.py", "trial_sleep.py")
Kind = Literal["noop", "random", "tpe"]


@dataclass(frozen=True, slots=True)
class Project:
    """A folder to type commands in, the study file there, and the run folder."""

    folder: Path
    file: Path
    runs: Path

    @property
    def study(self) -> str:
        """The study's name."""
        return str(json.loads(self.file.read_text(encoding="utf-8"))["study"])

    def command(self, verb: str, *words: str) -> list[str]:
        """Return the command line of a verb of the study's file (`plan`, `submit`) or of its name."""
        of = str(self.file) if verb in {"plan", "submit"} else self.study
        return [sys.executable, "-m", "orchestrator", verb, of, *words, "--runs", str(self.runs)]

    def results(self) -> int:
        """Return how many trials have a result."""
        found = (*self.runs.glob("trials/*/result.json"), *self.runs.glob("trials/??/*/result.json"))
        return len(found)


def grid(task: str, trials: int, workers: int, seeds: int = 1) -> dict[str, Any]:
    """Return a study file whose trials differ in an index, and in a seed where there are several."""
    axes = {"index": list(range(trials // seeds))} | ({"seed": list(range(seeds))} if seeds > 1 else {})
    return _study(task, workers, {"over": list(axes)}) | {"axes": axes}


def search(sampler: str, trials: int, workers: int) -> dict[str, Any]:
    """Return a study file with a search that asks for as many trials."""
    asked = {
        "sampler": sampler,
        "trials": trials,
        "parallel": workers,
        "space": {"x": {"low": -1.0, "high": 1.0}, "y": {"low": -1.0, "high": 1.0}},
        "objective": {"minimize": "loss"},
    }
    return _study("trial_search", workers, {"search": asked})


def study_of(kind: Kind, trials: int, workers: int) -> dict[str, Any]:
    """Return the study file of a kind of study."""
    return grid("trial_noop", trials, workers) if kind == "noop" else search(kind, trials, workers)


def _study(task: str, workers: int, stage: Mapping[str, Any]) -> dict[str, Any]:
    small = {"cpus": 1, "memory": "1GB", "time": "10h", "workers": workers}
    return {
        "study": "bench",
        "shapes": {"small": small},
        "stages": {"bench": {"task": task, "shape": "small", **stage}},
    }


def write_project(place: Path, study: Mapping[str, Any]) -> Project:
    """Make a project that holds the study and the tasks alone: what else lies in one is linked per trial."""
    folder = place / "project"
    folder.mkdir(parents=True)
    for name in TASKS:
        shutil.copyfile(ROOT / "benchmarks" / name, folder / name)
    file = folder / "study.yaml"
    file.write_text(json.dumps(study), encoding="utf-8")
    return Project(folder, file, place / "runs")


def environment() -> dict[str, str]:
    """Return an environment in which this very code is measured and nobody has set anything of ours."""
    hidden = ("ORCHESTRATOR_", "MLFLOW_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    # the replay to MLflow is measured by itself
    return kept | {"PYTHONPATH": str(ROOT), "ORCHESTRATOR_MLFLOW": "off"}
