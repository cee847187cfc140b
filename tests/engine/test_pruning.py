"""Decisions on real attempts: this program is the worker, and its trials are forked."""

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from orchestrator.engine.cancel import forgive_trials
from orchestrator.engine.pruning import opening_of
from orchestrator.evidence.decision import Decision
from orchestrator.evidence.state import State
from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.shape import Shape
from tests.engine.pruned_fixture import Pruned, make_pruned

BELOW_1 = {"name": "threshold", "upper": 1.0}
"""A trial ends when it logs a larger loss."""
MEDIAN = {"name": "median", "n_startup_trials": 2}
YES = Decision(step=1, value=2.0, prune=True, pruner="threshold", metric="loss")


@pytest.fixture
def search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pruned:
    """Give a search whose trials end when they log a loss above 1; its first logs 0.5, 2 and 0.1."""
    made = make_pruned(tmp_path, monkeypatch, BELOW_1)
    made.ask([0.5, 2.0, 0.1])
    return made


def test_a_trial_is_ended_at_the_step_that_it_logged(search: Pruned) -> None:
    ended = search.train()

    assert (ended.outcome, search.look().states[search.trial().id]) == ("pruned", State.PRUNED)
    assert [(one.step, one.value, one.prune) for one in search.decisions()] == [
        (0, 0.5, False),
        (1, 2.0, True),
    ]


def test_a_trial_that_was_ended_leaves_no_work_folder(search: Pruned) -> None:
    search.train()

    assert not (search.folder().attempt(1) / "work").exists()


def test_a_yes_says_who_ended_the_trial_by_what_and_against_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = make_pruned(tmp_path, monkeypatch, MEDIAN)
    search.ask([0.5, 0.4], [0.3], [0.9, 0.1])
    for number in (1, 2, 3):
        search.train(number)
    yes = search.decisions(3)[-1]

    assert (yes.prune, yes.pruner, yes.metric) == (True, "median", "loss")
    assert yes.against == {search.trial(1).id: 1, search.trial(2).id: 0}


def test_another_metric_than_that_of_the_objective_may_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = make_pruned(tmp_path, monkeypatch, {"name": "threshold", "lower": 0.0, "metric": "other"})
    search.ask([0.5])
    search.train()

    assert [one.value for one in search.decisions()] == [-1.0]


def test_a_task_that_never_asks_goes_on_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = make_pruned(tmp_path, monkeypatch, BELOW_1, task="deaf")
    search.ask([0.5, 2.0, 3.0])
    ended = search.train()

    assert (ended.outcome, search.look().states[search.trial().id]) == ("done", State.DONE)
    assert [one.prune for one in search.decisions()] == [False, True]


def test_what_was_decided_is_not_decided_again(search: Pruned) -> None:
    search.lost(Decision(step=0, value=0.5, prune=False), Decision(step=1, value=2.0, prune=False))
    ended = search.train(attempt=2)

    assert (ended.outcome, search.decisions(attempt=2)[0].step) == ("done", 2)


def test_who_was_killed_after_a_yes_ends_without_being_run_again(search: Pruned) -> None:
    search.lost(Decision(step=0, value=0.5, prune=False), YES)
    ended = search.train(attempt=2)

    assert ended.outcome == "pruned"
    assert not (search.folder().attempt(2) / "metrics.jsonl").exists()


def test_a_trial_that_is_taken_up_again_goes_on_from_its_checkpoint_to_its_end(search: Pruned) -> None:
    search.train()
    forgive_trials(search.worker.runs, search.worker.submission, ())
    ended = search.train(attempt=2)
    logged = (search.folder().attempt(2) / "metrics.jsonl").read_text().splitlines()

    assert (ended.outcome, len(logged), search.decisions(attempt=2)) == ("done", 1, [])


def test_a_yes_counts_though_the_trial_is_stopped_and_killed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = make_pruned(tmp_path, monkeypatch, BELOW_1, task="stubborn")
    search.ask([2.0])
    search.worker.shape = Shape(grace=1)
    search.worker.stop()
    ended = search.train()

    assert (ended.outcome, ended.killed) == ("pruned", True)


def test_a_pruner_that_fails_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = make_pruned(tmp_path, monkeypatch, {"name": "percentile", "percentile": 500})
    search.ask([0.5])

    assert search.train().outcome == "done"


def test_a_task_in_a_fresh_interpreter_asks_too(
    search: Pruned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (search.worker.code / "prunable.py").write_text((tmp_path / "prunable.py").read_text())
    initialised = SimpleNamespace(cuda=SimpleNamespace(is_initialized=lambda: True))
    monkeypatch.setitem(sys.modules, "torch", initialised)

    assert search.train().outcome == "pruned"


def opening_beside(pruned: Pruned, **other: Any) -> Any:
    """Return the search that may end its first trial where another stage has the same one."""
    study = pruned.worker.submission.study
    (opening,) = pruned.look().plan.openings
    again = study.stages[0].model_copy(update={"name": "again", **other})
    asked = {opening.key: [Asked(number=1, params={"x": [0.5, 2.0, 0.1]})]}
    plan = expand(study.model_copy(update={"stages": (*study.stages, again)}), Known(asked=asked))
    return opening_of(plan, plan.trials[0])


def test_a_trial_that_another_stage_wants_to_its_end_is_not_pruned(search: Pruned) -> None:
    point = search.worker.submission.study.stages[0].points[0]
    fixed = point.model_copy(update={"params": {"x": [0.5, 2.0, 0.1]}})

    assert opening_beside(search, search=None, points=(fixed,)) is None


def test_a_trial_of_two_searches_with_pruners_is_pruned_by_the_first(search: Pruned) -> None:
    assert opening_beside(search).stage == "sweep"
