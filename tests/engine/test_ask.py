"""A search is asked in a program of its own, and ahead of need while a trial is at work."""

import os
import signal
from pathlib import Path

import pytest

from orchestrator.engine.ask import AskAhead, Asking, ask
from orchestrator.engine.attempt import attempt_trials
from orchestrator.engine.claim import Offers, claim_asked
from orchestrator.engine.observe import Observer
from orchestrator.engine.worker import Worker
from orchestrator.evidence.state import Seen, State
from orchestrator.messages.errors import SearchError
from orchestrator.study.read import read_study
from orchestrator.study.searches.opening import Asked
from orchestrator.study.trial import Trial
from tests.engine.workers import make_worker
from tests.tracked_study import finish
from tests.waiting import PATIENCE_S

TASK = f"""
import time
from pydantic import BaseModel


class Params(BaseModel):
    lr: float


def train(params: Params, context):
    answers, until = context.checkpoint.parents[3] / "searches", time.time() + {PATIENCE_S}
    while not list(answers.glob("*/0002.json")) and time.time() < until:
        time.sleep(0.02)
    return {{"loss": params.lr, "answers": float(len(list(answers.glob("*/*.json"))))}}
"""
SEARCH = """
study: s
stages:
  sweep:
    task: asked_ahead.train
    search:
      {sampler: tpe, trials: 5, parallel: 2, space: {lr: {low: 0.1, high: 1}}, objective: {minimize: loss}}
"""
OTHER = "  other: {task: asked_ahead.train, params: {lr: 0.3}}\n"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a task that returns once its search was asked again."""
    (tmp_path / "asked_ahead.py").write_text(TASK)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def worker_of(folder: Path, text: str = SEARCH) -> Worker:
    (folder / "s.yaml").write_text(text)
    return make_worker(folder, read_study(folder / "s.yaml").study)


def look(worker: Worker) -> Seen:
    return Observer(worker.runs, worker.submission).look()


def take(worker: Worker) -> Trial:
    """Return a trial that the worker has asked for and begun."""
    taken = claim_asked(worker, Observer(worker.runs, worker.submission), look(worker))
    assert taken is not None
    return taken[0]


def ask_ahead(worker: Worker) -> None:
    ahead = AskAhead(worker, Observer(worker.runs, worker.submission), look(worker))
    ahead.go_on()
    ahead.finish()


def states(worker: Worker) -> list[State]:
    return sorted(look(worker).states.values())


def test_one_trial_is_ready_while_as_many_as_may_be_are_at_work(task: Path) -> None:
    worker = worker_of(task)
    take(worker)
    take(worker)
    ask_ahead(worker)
    ask_ahead(worker)

    assert states(worker) == [State.READY, State.RUNNING, State.RUNNING]


def test_one_trial_is_ready_while_fewer_are_at_work_than_may_be(task: Path) -> None:
    worker = worker_of(task, SEARCH.replace("parallel: 2", "parallel: 4"))
    take(worker)
    ask_ahead(worker)
    ask_ahead(worker)

    assert states(worker) == [State.READY, State.RUNNING]


@pytest.mark.parametrize(
    ("given", "instead", "at_work"),
    [("parallel: 2", "parallel: 1", 1), ("tpe", "random", 2), ("trials: 5", "trials: 2", 2)],
    ids=["one after the other", "does not learn", "asked for all"],
)
def test_a_search_that_is_not_asked_ahead(task: Path, given: str, instead: str, at_work: int) -> None:
    worker = worker_of(task, SEARCH.replace(given, instead))
    observer = Observer(worker.runs, worker.submission)
    for _ in range(at_work):
        offered = Offers(worker, observer, observer.look()).claim()
        assert offered or claim_asked(worker, observer, observer.look())
    before = states(worker)
    ask_ahead(worker)

    assert states(worker) == before


def test_no_search_is_asked_ahead_while_another_trial_waits(task: Path) -> None:
    worker = worker_of(task, SEARCH + OTHER)
    take_first = Asked(number=1, params={"lr": 0.5})
    seen = look(worker)
    worker.runs.publish_answer(seen.plan.openings[0].key, take_first)
    Offers(worker, Observer(worker.runs, worker.submission), look(worker)).claim()
    ask_ahead(worker)

    assert states(worker) == [State.READY, State.RUNNING]


def test_a_trial_drawn_ahead_is_begun_when_another_one_has_ended(task: Path) -> None:
    worker = worker_of(task)
    first, _ = take(worker), take(worker)
    ask_ahead(worker)
    before = Offers(worker, Observer(worker.runs, worker.submission), look(worker)).claim()
    finish(worker.runs, first, {"loss": 1.0})
    after = Offers(worker, Observer(worker.runs, worker.submission), look(worker)).claim()

    assert before is None
    assert after is not None


def test_a_search_is_asked_while_its_trial_is_at_work(task: Path) -> None:
    worker = worker_of(task)
    observer = Observer(worker.runs, worker.submission)
    trial = take(worker)
    attempt_trials(worker, [(trial, 1)], ahead=AskAhead(worker, observer, observer.look()))
    result = worker.runs.trial(trial).read_result()

    assert result is not None
    assert result.metrics["answers"] == 2


def test_the_next_answer_is_drawn_soon_after_a_trial_has_begun(task: Path) -> None:
    worker = worker_of(task)
    take(worker)
    ahead = AskAhead(worker, Observer(worker.runs, worker.submission), look(worker))
    before = ahead.pause_s
    ahead.go_on()
    ahead.finish()

    assert before < ahead.pause_s


def misled(worker: Worker) -> Worker:
    """Give the search an answer that its sampler cannot read."""
    worker.runs.publish_answer(look(worker).plan.openings[0].key, Asked(number=1, params={"lr": "fast"}))
    return worker


def test_a_sampler_that_fails_is_told_and_ends_no_trial(
    task: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    worker = misled(worker_of(task))
    Offers(worker, Observer(worker.runs, worker.submission), look(worker)).claim()
    ask_ahead(worker)
    said = capfd.readouterr().err

    assert "fast" in said
    assert "a search gave no answer ahead of need" in said


def test_a_sampler_that_fails_when_an_answer_is_wanted_is_an_error(task: Path) -> None:
    worker = misled(worker_of(task))
    seen = look(worker)

    with pytest.raises(SearchError, match="search `sweep` gave no answer number 2"):
        ask(worker, seen.plan.openings[0], seen, 1)


def test_an_asking_program_that_is_killed_gives_no_answer(task: Path) -> None:
    asking = Asking(worker_of(task), lambda: os.kill(os.getpid(), signal.SIGKILL))

    assert not asking.went_well()


def test_a_worker_that_has_to_stop_waits_for_no_answer(task: Path) -> None:
    worker = worker_of(task)
    asking = Asking(worker, signal.pause)
    worker.stop()

    assert asking.went_well()
