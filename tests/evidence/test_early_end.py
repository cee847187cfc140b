import math
from typing import Any

import pytest

from orchestrator.evidence.early_end import began, early_end
from orchestrator.evidence.evidence import Evidence
from tests.evidence.searched import FAILED, done, opening_of, pruned, running, search_of, seen_of

TWO = [{"minimize": "loss"}, {"maximize": "speed"}]


def end_of(*evidence: Evidence | float, now: float = 0.0, **keys: Any) -> tuple[str, int] | None:
    """Return why a search with these keys ends, and after how many answers."""
    seen = seen_of(search_of(**keys), *evidence)
    end = early_end(opening_of(seen), seen, now)
    return (end.reason, end.answers) if end else None


@pytest.mark.parametrize(
    ("objective", "losses", "reached"),
    [
        ("minimize", (0.5, 0.05), True),
        ("minimize", (0.5, 0.01), True),
        ("minimize", (0.5, 0.06), False),
        ("minimize", (0.5, math.nan), False),
        ("maximize", (0.04, 0.05), True),
        ("maximize", (0.01, 0.02), False),
    ],
)
def test_a_search_ends_at_its_target(objective: str, losses: tuple[float, float], reached: bool) -> None:
    found = end_of(*losses, target=0.05, objective={objective: "loss"})

    assert found == (("target", 2) if reached else None)


def test_the_mean_over_the_seeds_must_reach_the_target() -> None:
    assert end_of(0.0, 0.2, target=0.05, seeds=2) is None


@pytest.mark.parametrize(
    ("evidence", "ends"),
    [
        ((1.0, 2.0), False),
        ((1.0, 2.0, 2.0), True),
        ((1.0, 1.0, 1.0), True),
        ((1.0, 2.0, 0.5, 0.6), False),
        ((1.0, 2.0, 0.5, 0.6, 0.7), True),
        ((1.0, 2.0, running()), False),
        ((1.0, running(), 2.0, 2.0), True),
        ((1.0, 2.0, FAILED), False),
        ((1.0, 2.0, math.nan), False),
        ((1.0, 2.0, pruned()), True),
        ((FAILED, FAILED, FAILED), False),
        ((pruned(), pruned(), pruned()), False),
    ],
    ids=str,
)
def test_a_search_ends_when_its_patience_does(evidence: tuple[Evidence | float, ...], ends: bool) -> None:
    assert end_of(*evidence, patience=2) == (("patience", len(evidence)) if ends else None)


def test_with_several_objectives_what_nothing_beats_is_an_improvement() -> None:
    better = (done(loss=2.0, speed=2.0), done(loss=3.0, speed=3.0))

    assert end_of(done(loss=1.0, speed=1.0), *better, objective=TWO, patience=2) is None


def test_with_several_objectives_what_is_beaten_is_none() -> None:
    worse = (done(loss=2.0, speed=1.0), done(loss=3.0, speed=0.5))

    assert end_of(done(loss=1.0, speed=1.0), *worse, objective=TWO, patience=2) == ("patience", 3)


@pytest.mark.parametrize(("now", "ends"), [(159.0, False), (160.0, True)])
def test_time_runs_from_the_first_claim(now: float, ends: bool) -> None:
    found = end_of(done(began=110.0, loss=1.0), running(began=100.0), now=now, timeout=60)

    assert found == (("timeout", 2) if ends else None)


def test_time_does_not_run_before_a_trial_has_begun() -> None:
    assert end_of(Evidence(), now=1e9, timeout=60) is None
    assert began(opening_of(seen_of(search_of(), Evidence())), seen_of(search_of(), Evidence())) is None


@pytest.mark.parametrize(
    ("evidence", "ends"),
    [
        ((9.0, 0.01), True),
        ((0.01, running()), False),
        ((9.0, 9.0, 0.01), False),
        ((9.0, 0.01, running()), True),
    ],
    ids=["a whole round", "a round that is not over", "a round that is not whole", "one whole round"],
)
def test_rounds_are_looked_at_as_a_whole(evidence: tuple[Evidence | float, ...], ends: bool) -> None:
    found = end_of(*evidence, target=0.05, rounds=2)

    assert (found is not None) is ends


def test_a_search_that_has_given_all_its_answers_needs_no_other_end() -> None:
    assert end_of(0.01, target=0.05, trials=1) is None


def test_a_search_without_limits_goes_on() -> None:
    assert end_of(0.0, 0.0, 0.0, now=1e9) is None
