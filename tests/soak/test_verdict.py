"""That the verdict of the soak finds what it is there to find."""

from __future__ import annotations

from typing import Any

import pytest

from tests.soak.verdict import (
    check_all_done,
    check_answers,
    check_attempts_known,
    check_decisions,
    check_results,
    check_submissions,
    check_trained_once,
)


def lines(*events: str) -> list[dict[str, Any]]:
    """Return a diary of one trial from `program event step`."""
    words = [event.split() for event in events]
    return [{"trial": "t", "pid": int(pid), "event": what, "step": int(step)} for pid, what, step in words]


GOOD = (
    "1 begins 0",
    "1 trained 1",
    "1 saved 1",
    "1 trained 2",
    "2 begins 1",
    "2 trained 2",
    "2 saved 2",
    "2 ends 2",
)


def test_a_step_that_was_not_saved_may_be_trained_again() -> None:
    assert check_trained_once(lines(*GOOD)) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("3 begins 2", "3 ends 2"), "trained to its end 2 times"),
        (("3 begins 0",), "begins step 0, but 2 was saved"),
        (("3 begins 2", "2 trained 3"), "2 was still at it when 3 had begun"),
    ],
    ids=["ended twice", "began again", "two at once"],
)
def test_what_was_trained_twice_is_found(more: tuple[str, ...], words: str) -> None:
    assert words in " ".join(check_trained_once(lines(*GOOD, *more)))


def test_a_saved_step_that_is_trained_again_is_found() -> None:
    assert check_trained_once(lines("1 begins 0", "1 saved 4", "1 trained 4")) != []


def test_a_trial_that_is_not_done_is_named() -> None:
    trial = {"stage": "first", "id": "abc", "state": "LOST", "attempts": 2}

    assert "first abc is LOST" in " ".join(check_all_done({"states": {"LOST": 1}, "trials": [trial]}, 1))


@pytest.mark.parametrize("found", [{}, {"t": {"loss": 0.1}}, {"t": {"loss": 0.2}, "u": {"loss": 0.1}}])
def test_a_result_that_differs_is_found(found: dict[str, dict[str, float]]) -> None:
    assert check_results(found, {"t": {"loss": 0.2}}) != []


def test_a_submission_that_was_queued_twice_is_found() -> None:
    known = {"soak-1": ("slurm:7_0", "slurm:7_1", "slurm:8")}

    assert "more than once" in " ".join(check_submissions(known, {"soak-1": {"7_0", "7_1", "8"}}))


def test_a_job_that_nobody_wrote_down_is_found() -> None:
    assert "nobody wrote down 7" in " ".join(check_submissions({}, {"soak-1": {"7"}}))


def test_a_task_that_nobody_wrote_down_is_found() -> None:
    known = {"soak-1": ("slurm:7_0",)}

    assert "nobody wrote down 7_1" in " ".join(check_submissions(known, {"soak-1": {"7_0", "7_1"}}))


def test_an_array_recorded_without_its_tasks_is_that_array() -> None:
    known = {"soak-1": ("slurm:7_0", "slurm:7_1")}

    assert check_submissions(known, {"soak-1": {"7"}}) == []


def test_an_array_recorded_with_tasks_that_wait_is_these_tasks() -> None:
    known = {"soak-1": ("slurm:7_0", "slurm:7_1", "slurm:7_2")}

    assert check_submissions(known, {"soak-1": {"7_[0,1-2%2]"}}) == []
    assert "nobody wrote down 7_3" in " ".join(check_submissions(known, {"soak-1": {"7_[1-3]"}}))


def test_an_attempt_of_an_unknown_job_is_found() -> None:
    assert check_attempts_known({"claim.json": "slurm:9"}, {"soak-1": ("slurm:8",)}) != []


def test_a_trial_may_be_pruned_where_its_search_has_a_pruner() -> None:
    trials = [
        {"stage": stage, "id": stage, "state": state, "attempts": 1}
        for stage, state in (("first", "DONE"), ("median", "PRUNED"))
    ]

    assert check_all_done({"trials": trials}, 2) == []
    assert check_all_done({"trials": [{**trials[1], "stage": "first"}]}, 1) != []


def test_a_trial_that_was_pruned_in_one_copy_needs_no_result_in_the_other() -> None:
    assert check_results({"t": 1}, {}, {"t"}) == []
    assert check_results({"t": 1}, {}) != []


def test_a_step_that_was_decided_twice_is_found() -> None:
    assert check_decisions([("t", 1), ("t", 2), ("u", 1)]) == []
    assert check_decisions([("t", 1), ("t", 1)]) == ["t: step 1 was decided more than once"]


def test_an_answer_that_was_given_twice_is_found() -> None:
    assert check_answers([("k", "a"), ("l", "a")]) == []
    assert check_answers([("k", "a"), ("k", "a")]) == ["search k was asked for a more than once"]
