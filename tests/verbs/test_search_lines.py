import math
from dataclasses import replace

import pytest

from orchestrator.evidence.state import Seen
from orchestrator.study.searches.search_end import SearchEnd
from orchestrator.verbs.search_lines import counts_as_failed, end_lines, without_value_lines
from orchestrator.verbs.story import why
from tests.evidence.searched import done, search_of, seen_of
from tests.tracked_study import face_study

TWO = [{"minimize": "loss"}, {"maximize": "speed"}]
LIMITS = {"timeout": "12h", "target": 0.05, "patience": 7}


def ended(reason: str, *values: float) -> Seen:
    """Return a search that ended early after two of its answers."""
    seen = seen_of(search_of(**LIMITS), 0.5, 0.04)
    (opening,) = seen.plan.openings
    end = SearchEnd.model_validate(
        {"reason": reason, "answers": 2, "trial": "0123456789" * bool(values), "values": values}
    )
    return replace(seen, plan=replace(seen.plan, openings=(replace(opening, end=end),)))


@pytest.mark.parametrize(
    ("reason", "values", "why"),
    [
        ("timeout", (), "its timeout of 12h has passed since its first trial"),
        ("target", (0.04,), "its target 0.05 is reached by loss=0.04 of trial 01234567"),
        ("patience", (0.04,), "7 finished answers improved nothing after loss=0.04 of trial 01234567"),
    ],
)
def test_a_search_says_why_it_asks_no_more(reason: str, values: tuple[float, ...], why: str) -> None:
    assert end_lines(ended(reason, *values), 0) == [
        f"sweep asks no more: {why}; 2 of 20 answers",
        f"    to go on: change `{reason}` in the study file, then submit again",
    ]


def test_a_search_that_goes_on_says_nothing() -> None:
    assert end_lines(seen_of(search_of(target=0.1), 0.5), 0) == []


def test_a_search_at_its_limit_says_so_before_anybody_has_written_it_down() -> None:
    (first, _) = end_lines(seen_of(search_of(target=0.1), 0.05), 0)

    assert first.startswith("sweep asks no more: its target 0.1 is reached by loss=0.05")


LACKING = seen_of(
    search_of(objective=TWO), done(loss=1.0, speed=math.inf), done(loss=1.0), done(loss=1.0, speed=1.0)
)
FIRST, SECOND, THIRD = LACKING.plan.trials


def test_it_is_said_which_objective_has_no_value() -> None:
    assert without_value_lines(LACKING) == [
        f"sweep {FIRST.id}: no finite `speed`, so the search counts the answer as failed"
    ]


def test_a_trial_says_whether_its_search_has_use_for_it() -> None:
    assert counts_as_failed(SECOND, LACKING) == "no finite `speed`: its search counts it as failed"
    assert counts_as_failed(THIRD, LACKING) == ""


def test_the_story_of_such_a_trial_says_so() -> None:
    assert "  no finite `speed`: its search counts it as failed" in why(face_study(), LACKING, FIRST)
