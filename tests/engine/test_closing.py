"""A search comes to its limit: it is written down once, and every program goes by that."""

import time
from pathlib import Path

from orchestrator.engine.advance import advance, is_over
from orchestrator.engine.closing import close_searches
from orchestrator.engine.observe import Observer
from orchestrator.engine.stop_mark import lay_stop
from orchestrator.engine.worker import Worker
from orchestrator.evidence.state import Seen
from orchestrator.files.record_file import write_beside
from orchestrator.study.searches.opening import Asked
from tests.engine.test_claim import answered, ask, look, offers, worker_of
from tests.tracked_study import finish

SEARCH = """
study: s
stages:
  sweep:
    task: tests.toy_tasks.train
    search:
      {trials: 9, parallel: 1, LIMIT, space: {lr: {low: 0.1, high: 1}}, objective: {minimize: loss}}
  final: {task: tests.toy_tasks.score, params: {metric: m}, needs: {n: {stage: sweep, best: loss}}}
"""


def searching(folder: Path, limit: str) -> Worker:
    return worker_of(folder, SEARCH.replace("LIMIT", limit))


def final(seen: Seen) -> int:
    return len(seen.plan.of("final"))


def test_a_search_at_its_target_is_closed_and_what_waits_begins(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    before = look(worker)
    closed = close_searches(worker.runs, before, 0)

    assert (closed, final(before), final(look(worker))) == (True, 0, 1)
    assert not is_over(before)


def test_a_worker_asks_a_search_at_its_target_no_more(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    taken = ask(worker)

    assert taken is not None
    assert taken[0].stage == "final"


def test_a_search_goes_on_before_its_target(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.6})

    assert not close_searches(worker.runs, look(worker), 0)
    assert ask(worker) is not None


def test_the_time_of_a_search_that_has_passed_stays_passed(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "timeout: 1h"), {"loss": 1.0})
    seen = look(worker)
    early = close_searches(worker.runs, seen, time.time() + 3000)
    late = close_searches(worker.runs, seen, time.time() + 4000)

    assert (early, late) == (False, True)
    assert [one.end and one.end.reason for one in look(worker).plan.openings] == ["timeout"]


def test_the_first_end_that_is_written_counts(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    seen = look(worker)
    for _ in range(2):
        close_searches(worker.runs, seen, 0)

    assert len(list((worker.runs.path / "searches").glob("*/end-*.json"))) == 1


def test_a_search_that_somebody_asked_meanwhile_is_looked_at_again(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    seen = look(worker)
    worker.runs.publish_answer(seen.plan.openings[0].key, Asked(number=2, params={"lr": 0.9}))
    close_searches(worker.runs, seen, 0)

    assert [one.end for one in look(worker).plan.openings] == [None]


def test_an_answer_by_who_did_not_know_of_the_end_is_left_alone(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    seen = look(worker)
    close_searches(worker.runs, seen, 0)
    worker.runs.publish_answer(seen.plan.openings[0].key, Asked(number=2, params={"lr": 0.9}))

    assert len(look(worker).plan.of("sweep")) == 1


def test_with_another_limit_the_search_goes_on(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    close_searches(worker.runs, look(worker), 0)

    assert ask(searching(tmp_path, "target: 0.1")) is not None


def test_an_observer_learns_of_an_end_while_it_looks(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    observer = Observer(worker.runs, worker.submission)
    before = final(observer.look())
    close_searches(worker.runs, look(worker), 0)

    assert (before, final(observer.look())) == (0, 1)


ROUNDS = SEARCH.replace("parallel: 1, LIMIT", "rounds: 3")


def test_a_round_is_written_at_once(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, ROUNDS)
    ask(worker)

    assert len(look(worker).plan.of("sweep")) == 3
    assert len(list((worker.runs.path / "searches").glob("*/*.json"))) == 1


def test_the_next_round_waits_for_every_trial_of_this_one(tmp_path: Path) -> None:
    worker = worker_of(tmp_path, ROUNDS)
    taken = [ask(worker), offers(worker).claim(), offers(worker).claim()]
    first, second, third = (one[0] for one in taken if one)
    finish(worker.runs, second, {"loss": 1.0})
    finish(worker.runs, third, {"loss": 1.0})
    ask(worker)
    waiting = len(look(worker).plan.of("sweep"))
    finish(worker.runs, first, {"loss": 1.0})
    ask(worker)

    assert (waiting, len(look(worker).plan.of("sweep"))) == (3, 6)


def drawn(folder: Path, *lengths: int) -> list[object]:
    """Return what a search in rounds of twelve draws, asked for more and more; the first round is over."""
    folder.mkdir()
    for length in lengths:
        text = ROUNDS.replace("rounds: 3", "rounds: 12").replace("trials: 9", f"trials: {length}")
        worker = worker_of(folder, text)
        for _ in range(2):
            ask(worker)
            while offers(worker).claim():
                pass
            for trial in look(worker).plan.of("sweep")[:12]:
                finish(worker.runs, trial, {"loss": float(trial.params["lr"])})
    return [trial.params["lr"] for trial in look(worker).plan.of("sweep")]


def test_a_round_that_was_cut_short_is_the_one_that_was_asked_for_at_once(tmp_path: Path) -> None:
    assert drawn(tmp_path / "later", 14, 16) == drawn(tmp_path / "once", 16)


def test_whoever_advances_a_study_closes_its_searches(tmp_path: Path) -> None:
    worker = answered(searching(tmp_path, "target: 0.5"), {"loss": 0.4})
    write_beside(worker.runs.study("s") / "study.json", worker.submission.model_dump_json())
    lay_stop(worker.runs, "s", "cancel")  # so that it starts nothing
    advanced = advance(worker.runs, "s")

    assert [one.end and one.end.reason for one in advanced.seen.plan.openings] == ["target"]
