"""A run folder with finished trials, written as the engine writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
from orchestrator.evidence.evidence import Result
from orchestrator.study.trial import Trial, trial_id

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Runs:
    """The run folder, and trials to put into it."""

    path: Path

    def add(
        self,
        task: str = "tests.tasks.predict.bright",
        *,
        seed: int = 0,
        version: int = 2,
        needs: dict[str, str] | None = None,
        finished: bool = True,
        **metrics: float,
    ) -> TrialFolder:
        """Write a trial, by default a finished one that can be asked."""
        identity: dict[str, Any] = {
            "task": task,
            "version": version,
            "params": {"bright": 200},
            "seed": seed,
            "needs": needs or {},
        }
        trial = Trial(id=trial_id(**identity), stage="any", axes={}, **identity)
        folder = RunFolder(self.path).trial(trial)
        folder.describe(trial)
        folder.artifacts.mkdir()
        (folder.artifacts / "unit.txt").write_text("light")
        if finished:
            result = Result(metrics={"loss": float("nan"), **metrics}, attempt=1, time=0, seconds=0, code="")
            folder.publish_result(result)
        return folder


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """An empty run folder."""
    return Runs(tmp_path / "runs")


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 6x4 pixels: its left third is white, the rest black."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[:, :2] = 255
    path = tmp_path / "anna.png"
    Image.fromarray(pixels).save(path)
    return path
