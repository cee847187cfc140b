import math
from typing import Any

import pytest

from orchestrator.evidence.answer_outcome import outcomes
from orchestrator.evidence.evidence import Evidence
from orchestrator.evidence.judge import judge
from orchestrator.study.plan import Known, expand
from tests.evidence.searched import (
    FAILED,
    answers,
    done,
    opening_of,
    pruned,
    running,
    search_of,
    seen_of,
    study_of,
)

SEEDS = search_of(seeds=2)
TWO = search_of(objective=[{"minimize": "loss"}, {"maximize": "speed"}])


def came_of(search: Any, *evidence: Evidence | float) -> list[tuple[str, tuple[float, ...]]]:
    seen = seen_of(search, *evidence)
    return [(one.state, one.values) for one in outcomes(opening_of(seen), seen)]


def test_the_value_of_an_answer_is_the_mean_over_its_seeds() -> None:
    assert came_of(SEEDS, 1.0, 3.0) == [("complete", (2.0,))]


@pytest.mark.parametrize(
    ("second", "state"),
    [
        (FAILED, "failed"),
        (math.nan, "failed"),
        (math.inf, "failed"),
        (done(other=1.0), "failed"),
        (running(), "running"),
        (Evidence(), "running"),
        (pruned(), "pruned"),
    ],
    ids=["failed", "nan", "inf", "no metric", "running", "not begun", "pruned"],
)
def test_one_seed_without_a_value_leaves_the_answer_without(second: Evidence | float, state: str) -> None:
    assert came_of(SEEDS, 1.0, second) == [(state, ())]


def test_an_answer_of_which_a_trial_may_still_fail_is_not_pruned_yet() -> None:
    assert came_of(SEEDS, pruned(), running()) == [("running", ())]


def test_an_answer_has_a_value_for_each_objective() -> None:
    assert came_of(TWO, done(loss=1.0, speed=7.0)) == [("complete", (1.0, 7.0))]


@pytest.mark.parametrize("speed", [{}, {"speed": math.inf}])
def test_every_objective_must_have_a_finite_value(speed: dict[str, float]) -> None:
    assert came_of(TWO, done(loss=1.0, **speed)) == [("failed", ())]


def test_an_answer_that_repeats_another_is_left_out() -> None:
    study = study_of(search_of())
    key = expand(study, Known()).openings[0].key
    seen = judge(expand(study, Known(asked={key: answers(1.0, 2.0, 1.0)})), {})

    assert [one.answer.number for one in outcomes(opening_of(seen), seen)] == [1, 2]
