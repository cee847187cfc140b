from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.evidence.evidence import Attempt, Claim, Evidence, Exit, Failure, Loss, Stop
from orchestrator.evidence.failure import (
    FIRST_PAUSE_S,
    MOST_IN_VAIN,
    MOST_TROUBLED,
    diagnose,
    failed_nodes,
    fingerprint,
    may_go_on,
    memory_needed,
    pause_left,
    progressed,
)
from orchestrator.evidence.failure_class import UNKNOWN
from orchestrator.places.job_log import GpuFailure


def attempt(kind: str = "lost", **rest: Any) -> Attempt:
    """Return an attempt that ended in this way."""
    where = {"node": rest.pop("node", ""), "gpus": rest.pop("gpus", 0), "more_memory": rest.pop("more", None)}
    claim = Claim(worker="w", job="slurm:1", host="h", time=0, code="c", **where)
    if kind == "lost":
        return Attempt(number=1, claim=claim, alive=False, **rest)
    if kind == "interrupted":
        ended = Exit(outcome="interrupted", time=0, seconds=1)
    else:
        ended = Exit(outcome="failed", time=0, seconds=1, failure=Failure(kind=kind, message="it broke"))
    return Attempt(number=1, claim=claim, alive=False, exit=ended, **rest)


def lost(kind: str, state: str = "", *, node: str = "", at: float = 0) -> Attempt:
    """Return an attempt of whose job the scheduler says so."""
    return attempt(loss=Loss(kind=kind, state=state, node=node, time=at))


BY_HAND = Stop(cause="user", time=0)

ENDINGS = {
    "lost": ((attempt(),), True),
    "lost in vain": ((attempt(),) * MOST_IN_VAIN, False),
    "lost often, but each got further": (tuple(attempt(saved=step) for step in range(9)), True),
    "lost often at the same step": (tuple(attempt(saved=5) for _ in range(4)), False),
    "interrupted in vain": ((attempt("interrupted"),) * MOST_IN_VAIN, False),
    "interrupted by hand": ((attempt("interrupted", stop=BY_HAND),) * 9, True),
    "killed": ((attempt("killed"),), True),
    "its node failed": ((lost("node_failure"),), True),
    "forgiven before": ((*(attempt(),) * 2, attempt(forgiven=True), attempt()), True),
    "a file system failed": ((attempt("file_system"),), True),
    "a file system failed in vain": ((attempt("file_system"),) * MOST_IN_VAIN, False),
    "a file system failed, but each got further": (
        tuple(attempt("file_system", saved=step) for step in range(MOST_TROUBLED - 1)),
        True,
    ),
    "a file system failed too often in a row": (
        tuple(attempt("file_system", saved=step) for step in range(MOST_TROUBLED)),
        False,
    ),
    "a file system failed often, but not in a row": (
        (
            *(attempt("file_system", saved=step) for step in range(MOST_TROUBLED - 1)),
            attempt(saved=8),
            attempt("file_system", saved=9),
        ),
        True,
    ),
    "NaN": ((attempt("nan_loss"),), False),
    "a class of a newer version": ((attempt("moonstruck"),), False),
    "out of memory, and there is more": ((attempt("host_out_of_memory", more=8000),), True),
    "out of memory, and there is no more": ((attempt("host_out_of_memory"),), False),
    "out of memory twice": ((attempt("host_out_of_memory", more=8000),) * 2, False),
}


@pytest.mark.parametrize(("attempts", "expected"), ENDINGS.values(), ids=ENDINGS)
def test_may_go_on(attempts: tuple[Attempt, ...], expected: bool) -> None:
    assert may_go_on(Evidence(attempts=attempts)) is expected


def test_after_a_lack_of_memory_more_is_asked_for() -> None:
    assert memory_needed(Evidence(attempts=(attempt("host_out_of_memory", more=8000), attempt()))) == 8000


def test_without_a_lack_of_memory_the_shape_decides() -> None:
    assert memory_needed(Evidence(attempts=(attempt("killed", more=8000),))) is None


@given(st.lists(st.none() | st.integers(0, 9), max_size=9))
def test_progress_is_made_as_often_as_a_new_step_is_reached(steps: list[int | None]) -> None:
    got_on = progressed([attempt(saved=step) for step in steps])
    furthest = [max((s for s in steps[: n + 1] if s is not None), default=-1) for n in range(len(steps))]

    assert sum(got_on) == len({*furthest} - {-1})


def test_what_is_logged_counts_only_where_nothing_was_ever_saved() -> None:
    assert progressed([attempt(saved=3), attempt(logged=9)]) == [True, False]


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ((attempt("nan_loss"),), "nan_loss: it broke"),
        ((attempt(),) * 3, "no_progress: 3 attempts in a row got no further; the last: lost with its worker"),
        (
            (lost("timeout", "TIMEOUT", node="gpu7"),) * 3,
            (
                "no_progress: 3 attempts in a row got no further; the last: "
                "the scheduler says of its job: TIMEOUT on gpu7"
            ),
        ),
        (
            tuple(attempt("file_system", saved=step) for step in range(MOST_TROUBLED)),
            f"file_system: {MOST_TROUBLED} attempts in a row; the last: it broke",
        ),
        (
            (attempt("interrupted", stop=Stop(cause="wall limit", time=0)),) * 3,
            "no_progress: 3 attempts in a row got no further; the last: stopped (wall limit)",
        ),
    ],
    ids=["failed", "lost", "timed out", "file system", "interrupted"],
)
def test_diagnose(attempts: tuple[Attempt, ...], words: str) -> None:
    found = diagnose(Evidence(attempts=attempts))

    assert f"{found.kind}: {found.message}" == words


def test_a_class_of_a_newer_version_has_advice_too() -> None:
    assert diagnose(Evidence(attempts=(attempt("moonstruck"),))).advice == UNKNOWN.advice


def ended(kind: str, at: float) -> Exit:
    return Exit(outcome="failed", time=at, seconds=1, failure=Failure(kind=kind, message=""))


PAUSES = {
    "never tried": ([], 0),
    "lost": ([None], 0),
    "failed in another way": ([ended("nan_loss", 1000)], 0),
    "just now": ([ended("file_system", 1000)], FIRST_PAUSE_S),
    "twice": ([ended("file_system", 1000), ended("file_system", 900)], 2 * FIRST_PAUSE_S),
    "twice, but not in a row": ([ended("file_system", 1000), None, ended("file_system", 900)], FIRST_PAUSE_S),
    "long ago": ([ended("file_system", 100)], 0),
    "by a clock that is far ahead": ([ended("file_system", 9000)], FIRST_PAUSE_S),
}


@pytest.mark.parametrize(("ends", "left"), PAUSES.values(), ids=PAUSES)
def test_a_file_system_is_given_time(ends: list[Exit | None], left: float) -> None:
    assert pause_left(ends, now=1000) == left


def trace(path: str, line: int, message: str) -> Failure:
    text = f'Traceback:\n  File "{path}", line {line}, in train\n    raise\n{message}'
    return Failure(kind="unknown", message=message, traceback=text)


def test_a_fingerprint_knows_the_place_and_not_the_values() -> None:
    first = trace("/runs/code/1/toy.py", 7, "ValueError: 3 is odd")

    assert fingerprint(first) == fingerprint(trace("/runs/code/2/toy.py", 7, "ValueError: 5 is odd"))
    assert fingerprint(first) != fingerprint(trace("/runs/code/1/toy.py", 8, "ValueError: 3 is odd"))


def test_the_nodes_that_failed_last_are_avoided() -> None:
    seen = [
        Evidence(attempts=(lost("node_failure", node=node, at=at),))
        for node, at in zip("abcd", range(4), strict=True)
    ]

    assert failed_nodes(seen, since=1) == ("d", "c")


def test_nodes_of_other_losses_are_not_avoided() -> None:
    assert failed_nodes([Evidence(attempts=(lost("timeout", node="a", at=5),))], since=0) == ()


def test_a_node_whose_gpu_failed_under_a_trial_or_before_one_is_avoided() -> None:
    before = GpuFailure(job="slurm:2", host="h", node="b", gpus=1, found="it is gone", time=1)
    here = before.model_copy(update={"node": "", "time": 2})

    assert failed_nodes(
        [Evidence(attempts=(attempt("gpu_failure", node="a", gpus=1),))], 0, [before, here]
    ) == (
        "b",
        "a",
    )


def test_a_node_is_not_to_blame_where_no_gpu_was_asked_for() -> None:
    assert failed_nodes([Evidence(attempts=(attempt("gpu_failure", node="a"),))], since=0) == ()


def test_a_failed_gpu_is_tried_elsewhere_but_not_where_none_was_asked_for() -> None:
    asked = Evidence(attempts=(attempt("gpu_failure", gpus=1),))
    unasked = Evidence(attempts=(attempt("gpu_failure"),))

    assert (may_go_on(asked), may_go_on(unasked)) == (True, False)
    assert "give it `gpus: 1`" in diagnose(unasked).advice
