"""What a worker takes: one trial, once, that is ready and fits; or the next answer of a search."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.engine.advance import is_over
from orchestrator.engine.claim import Offers, claim_asked
from orchestrator.engine.observe import Observer
from orchestrator.engine.worker import Worker
from orchestrator.evidence.state import Seen
from orchestrator.study.read import read_study
from orchestrator.study.shape import Shape
from orchestrator.study.trial import Trial
from tests.engine.workers import make_worker
from tests.tracked_study import finish, leave

STUDY = """
study: s
shapes: {large: {memory: 64GB}}
axes: {lr: [0.1, 0.2]}
stages:
  large: {task: tests.toy_tasks.train, params: {lr: 0.3}, shape: large}
  small: {task: tests.toy_tasks.train, over: [lr]}
"""
SEARCH = """
study: s
stages:
  sweep:
    task: tests.toy_tasks.train
    search:
      {sampler: tpe, trials: 2, parallel: 2, space: {lr: {low: 0.1, high: 1}}, objective: {minimize: loss}}
"""


def worker_of(folder: Path, text: str) -> Worker:
    (folder / "s.yaml").write_text(text)
    return make_worker(folder, read_study(folder / "s.yaml").study)


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    """Give a worker that is too small for the first stage."""
    return worker_of(tmp_path, STUDY)


def look(worker: Worker) -> Seen:
    return Observer(worker.runs, worker.submission).look()


def offers(worker: Worker, seen: Seen | None = None) -> Offers:
    observer = Observer(worker.runs, worker.submission)
    return Offers(worker, observer, seen or observer.look())


def ask(worker: Worker, seen: Seen | None = None) -> tuple[Trial, int] | None:
    observer = Observer(worker.runs, worker.submission)
    return claim_asked(worker, observer, seen or observer.look())


def test_the_first_trial_that_fits_is_taken(worker: Worker) -> None:
    taken = offers(worker).claim()

    assert taken is not None
    assert (taken[0].stage, taken[0].params["lr"], taken[1]) == ("small", 0.1, 1)


def test_a_claim_tells_the_gpus_that_the_worker_asked_for(worker: Worker) -> None:
    study = worker.submission.study
    gpus = tuple(one.model_copy(update={"shape": Shape(gpus=1)}) for one in study.stages)
    worker.submission = worker.submission.model_copy(
        update={"study": study.model_copy(update={"stages": gpus})}
    )
    worker.shape = Shape(gpus=2)
    taken = offers(worker).claim()
    assert taken is not None
    written = worker.runs.trial(taken[0]).read_claim(1)

    assert written is not None
    assert (written.gpus, written.node) == (2, "")


def test_each_trial_is_tried_once(worker: Worker) -> None:
    ready = offers(worker)
    ready.claim()
    taken = ready.claim()

    assert taken is not None
    assert taken[0].params["lr"] == 0.2


def test_of_two_workers_with_the_same_sight_each_takes_another_trial(worker: Worker) -> None:
    seen, other = look(worker), replace(worker, name="0001-1", job="local:node1:42:1")
    taken = [offers(one, seen).claim() for one in (worker, other, worker)]

    assert [one and one[0].params["lr"] for one in taken] == [0.1, 0.2, None]


def test_a_claim_says_whose_it_is(worker: Worker) -> None:
    taken = offers(worker).claim()
    assert taken is not None
    found = worker.runs.trial(taken[0]).read_claim(1)

    assert found is not None
    assert (found.worker, found.job, found.code) == ("0001-0", worker.job, "c")


def test_a_search_is_asked_for_a_trial_that_is_taken(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, SEARCH)
    taken = ask(worker)

    assert taken is not None
    assert len(look(worker).plan.trials) == 1


def test_a_worker_that_has_to_stop_asks_no_search(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, SEARCH)
    worker.stop()

    assert ask(worker) is None


def test_a_search_with_as_many_unfinished_trials_as_it_may_have_is_not_asked(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, SEARCH.replace("parallel: 2", "parallel: 1"))
    ask(worker)

    assert ask(worker) is None


def test_two_workers_that_ask_at_once_get_two_answers(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, SEARCH)
    seen, other = look(worker), replace(worker_of(tmp_path, SEARCH), name="0001-1", job="local:node1:42:1")
    taken = [ask(one, seen) for one in (worker, other)]

    assert len({one[0].id for one in taken if one}) == 2


def answered(worker: Worker, metrics: dict[str, float] | None) -> Worker:
    """Ask the search once, and end that trial with these metrics, or without any."""
    taken = ask(worker)
    assert taken is not None
    if metrics is None:
        leave(worker.runs.trial(taken[0]).attempt(1), "failed")
    else:
        finish(worker.runs, taken[0], metrics)
    return worker


@pytest.mark.parametrize("metrics", [{"loss": math.nan}, {"loss": math.inf}, None], ids=str)
def test_a_search_goes_on_after_a_trial_that_came_to_nothing(
    tmp_path: Path, metrics: dict[str, float] | None
) -> None:
    worker = answered(worker_of(tmp_path, SEARCH), metrics)

    assert ask(worker) is not None


def test_a_search_that_can_only_repeat_itself_ends(tmp_path: Path) -> None:
    worker = worker_of(
        tmp_path, SEARCH.replace("{low: 0.1, high: 1}", "[0.1]").replace("trials: 2", "trials: 5")
    )
    answered(worker, {"loss": 1.0})

    assert ask(worker) is None
    assert len(look(worker).plan.trials) == 1
    assert is_over(look(worker))


RANDOM = SEARCH.replace("tpe", "random").replace("trials: 2, parallel: 2", "trials: 250, parallel: 2")


def test_answers_that_depend_on_no_result_are_drawn_together(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, RANDOM)
    answered(worker, {"loss": 1.0})
    drawn = len(look(worker).plan.trials)
    ask(worker)
    seen = look(worker)

    assert drawn == 2
    assert sum(not state.ended for state in seen.states.values()) == 100
    assert len(list((worker.runs.path / "searches").glob("*/*.json"))) == 2


def test_a_search_without_its_metric_has_drawn_few_and_asks_no_more(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, RANDOM)
    taken = ask(worker)
    assert taken is not None
    finish(worker.runs, taken[0], {"accuracy": 1.0})

    assert len(look(worker).plan.trials) == 2
    assert [opening.remaining for opening in look(worker).plan.openings] == [0]
