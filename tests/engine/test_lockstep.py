"""Which trials a worker claims beside one."""

import sys
from pathlib import Path
from typing import Literal

import pytest

from orchestrator.engine.claim import Offers, claim_asked
from orchestrator.engine.lockstep import with_companions
from orchestrator.engine.observe import Observer
from orchestrator.engine.worker import Worker
from orchestrator.evidence.evidence import Exit, Failure
from orchestrator.evidence.failure_class import NODE_FAILURE
from orchestrator.study.read import read_study
from orchestrator.study.shape import Shape
from tests.engine.workers import make_worker
from tests.lockstep_task import TASK

STUDY = """
study: s
axes: {lr: [0.1, 0.2, 0.3, 0.4], wait: [0.0, 0.5]}
shapes: {joint: {lockstep: 3}}
stages:
  train: {task: chain.train, over: [wait, lr], shape: joint}
"""
SEARCH = """
study: s
shapes: {joint: {lockstep: 3}}
stages:
  sweep:
    task: chain.train
    shape: joint
    search:
      {sampler: random, trials: 9, parallel: 4, space: {lr: {low: 0.1, high: 1}}, objective: {minimize: loss}}
"""


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """Give a worker whose shape lets it train three trials at once."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "chain", raising=False)
    (tmp_path / "chain.py").write_text(TASK)
    return of(tmp_path, STUDY)


def of(folder: Path, text: str) -> Worker:
    (folder / "s.yaml").write_text(text)
    worker = make_worker(folder, read_study(folder / "s.yaml").study)
    worker.shape = Shape(lockstep=3)
    return worker


def claimed(worker: Worker) -> list[str]:
    """Return the points that a worker claims together."""
    observer = Observer(worker.runs, worker.submission)
    leader = Offers(worker, observer, observer.look()).claim()
    assert leader is not None
    return [f"{trial.axes_text} #{number}" for trial, number in with_companions(worker, observer, leader)]


def test_those_that_differ_in_what_the_task_allows_are_claimed_together(worker: Worker) -> None:
    assert claimed(worker) == ["wait=0.0 lr=0.1 #1", "wait=0.0 lr=0.2 #1", "wait=0.0 lr=0.3 #1"]
    assert claimed(worker) == ["wait=0.0 lr=0.4 #1"]


def test_their_claims_name_the_first(worker: Worker) -> None:
    claimed(worker)
    first, second, *_ = Observer(worker.runs, worker.submission).look().plan.trials
    claims = [worker.runs.trial(trial).read_claim(1) for trial in (first, second)]

    assert [claim and claim.leader and claim.leader.trial for claim in claims] == [None, first.id]


def ended(worker: Worker, failure: Failure | None) -> None:
    """Let the attempts that were begun end so."""
    outcome: Literal["failed", "interrupted"] = "failed" if failure else "interrupted"
    record = Exit(outcome=outcome, time=9, seconds=1, failure=failure)
    for claim in worker.runs.path.glob("trials/*/*/attempts/*/claim.json"):
        (claim.parent / "exit.json").write_text(record.model_dump_json())


def test_what_was_interrupted_goes_on_together(worker: Worker) -> None:
    claimed(worker)
    ended(worker, None)

    assert claimed(worker) == ["wait=0.0 lr=0.1 #2", "wait=0.0 lr=0.2 #2", "wait=0.0 lr=0.3 #2"]


def test_what_has_failed_is_tried_again_alone(worker: Worker) -> None:
    claimed(worker)
    ended(worker, Failure(kind=NODE_FAILURE, message="no answer"))

    assert claimed(worker) == ["wait=0.0 lr=0.1 #2"]


def test_a_search_is_asked_for_as_many(worker: Worker, tmp_path: Path) -> None:
    searching = of(tmp_path, SEARCH)
    observer = Observer(searching.runs, searching.submission)
    leader = claim_asked(searching, observer, observer.look())
    assert leader is not None

    assert len(with_companions(searching, observer, leader)) == 3
