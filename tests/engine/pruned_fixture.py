"""A search with a pruner in a folder, and this program as a worker that runs its trials one by one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.engine.attempt import attempt_trials
from orchestrator.engine.observe import Observer
from orchestrator.engine.worker import Worker
from orchestrator.evidence.decision import Decision
from orchestrator.evidence.edges.decisions import read_decisions, record
from orchestrator.evidence.edges.run_folder import TrialFolder
from orchestrator.evidence.evidence import Claim, Exit
from orchestrator.evidence.state import Seen
from orchestrator.study.searches.opening import Asked
from orchestrator.study.searches.search import Search
from orchestrator.study.shape import Shape
from orchestrator.study.study import Point, Stage, Study
from orchestrator.study.trial import Trial
from tests.engine.workers import make_worker

TASK = """
import time
from pydantic import BaseModel


class Params(BaseModel):
    x: list[float]


def train(params: Params, context):
    saved = context.checkpoint / "step"
    for step in range(int(saved.read_text()) if saved.exists() else 0, len(params.x)):
        if context.should_stop():
            raise InterruptedError(f"stopped before step {step}")
        context.log({"loss": params.x[step], "other": -1.0}, step)
        saved.write_text(str(step + 1))
    return {"loss": params.x[-1]}


def deaf(params: Params, context):
    for step, value in enumerate(params.x):
        context.log({"loss": value}, step)
    return {"loss": params.x[-1]}


def stubborn(params: Params, context):
    deaf(params, context)
    while context.should_stop():
        time.sleep(0.01)
"""


@dataclass(frozen=True)
class Pruned:
    """The search, and who works at it."""

    worker: Worker
    observer: Observer

    def ask(self, *curves: list[float]) -> None:
        """Let the search answer with trials that log these values."""
        (opening,) = self.look().plan.openings
        for number, curve in enumerate(curves, len(opening.answers) + 1):
            self.worker.runs.publish_answer(opening.key, Asked(number=number, params={"x": curve}))

    def look(self) -> Seen:
        """Return what is seen of the study."""
        return self.observer.look()

    def trial(self, number: int = 1) -> Trial:
        """Return the trial of an answer."""
        return self.look().plan.trials[number - 1]

    def folder(self, number: int = 1) -> TrialFolder:
        """Return its folder."""
        return self.worker.runs.trial(self.trial(number))

    def train(self, number: int = 1, attempt: int = 1) -> Exit:
        """Claim and run an attempt at a trial; return how it ended."""
        trial, folder = self.trial(number), self.folder(number)
        claim = Claim(worker="0001-0", job=self.worker.job, host="h", time=1, code="c")
        assert folder.claim(attempt, claim)
        folder.describe(trial)
        self.observer.doubt(trial)
        attempt_trials(self.worker, [(trial, attempt)], self.observer)
        self.observer.tell(trial)
        ended = folder.read_exit(attempt)
        assert ended is not None
        return ended

    def lost(self, *decisions: Decision) -> None:
        """Let the first attempt at the first trial be lost after these decisions."""
        folder = self.folder()
        claim = Claim(worker="0001-9", job="local:elsewhere:1:1", host="elsewhere", time=1, code="c")
        assert folder.claim(1, claim)
        folder.describe(self.trial())
        for decision in decisions:
            record(folder.attempt(1), decision)

    def decisions(self, number: int = 1, attempt: int = 1) -> list[Decision]:
        """Return what was decided in an attempt."""
        return list(read_decisions(self.folder(number).attempt(attempt)))


def make_pruned(
    folder: Path, monkeypatch: pytest.MonkeyPatch, pruner: Any, task: str = "train", way: str = "minimize"
) -> Pruned:
    """Return a search of which nothing was asked yet."""
    (folder / "prunable.py").write_text(TASK)
    monkeypatch.syspath_prepend(folder)
    search = Search.model_validate(
        {
            "sampler": "random",
            "trials": 99,
            "space": {"x": [[0.0], [1.0]]},
            "objective": {way: "loss"},
            "pruner": pruner,
        }
    )
    stage = Stage(
        name="sweep",
        task=f"prunable.{task}",
        version=1,
        shape=Shape(),
        points=(Point(axes={}, seed=0, params={}),),
        search=search,
    )
    worker = make_worker(folder, Study(name="s", stages=(stage,)))
    return Pruned(worker, Observer(worker.runs, worker.submission))
