import math

import pytest

from orchestrator.study.best import best_of, ranked, settings
from orchestrator.study.objective import Best
from orchestrator.study.trial import Trial

LOSS = Best(minimize="loss")
MEAN = Best(minimize="loss", mean=["seed"])


def trial(name: str, **axes: object) -> Trial:
    return Trial(id=name, stage="s", task="t", version=1, params={}, seed=0, needs={}, axes=axes)


def losses(*values: float) -> dict[str, dict[str, float]]:
    """Return results of the trials `a`, `b`, ... with these losses."""
    return {name: {"loss": value} for name, value in zip("abcd", values, strict=False)}


PAIR = [trial("a", lr=1), trial("b", lr=2)]
FOUR = [
    trial("a", lr=1, seed=0),
    trial("b", lr=1, seed=1),
    trial("c", lr=2, seed=0),
    trial("d", lr=2, seed=1),
]


@pytest.mark.parametrize(("best", "place"), [(LOSS, 0), (Best(maximize="loss"), 1)])
def test_best_has_a_direction(best: Best, place: int) -> None:
    assert best_of(PAIR, best, losses(0.0, 1.0)) == PAIR[place]


def test_the_first_of_equals_is_best() -> None:
    assert best_of(PAIR, LOSS, losses(1.0, 1.0)) == PAIR[0]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("best", [LOSS, Best(maximize="loss")])
def test_a_metric_that_is_not_finite_is_never_best(best: Best, value: float) -> None:
    assert best_of(PAIR, best, losses(value, 0.2)) == PAIR[1]


def test_where_no_metric_is_finite_there_is_no_best() -> None:
    assert best_of(PAIR, LOSS, losses(math.nan, math.nan)) is None


def test_a_lucky_seed_loses_against_a_better_mean() -> None:
    assert best_of(FOUR, MEAN, losses(0.5, 2.0, 1.0, 1.0)) == FOUR[2]


@pytest.mark.parametrize("broken", [losses(0.1, math.nan, 1.0, 1.0), {**losses(0.1, 0, 1.0, 1.0), "b": {}}])
def test_a_setting_of_which_a_trial_has_no_finite_metric_is_out(broken: dict[str, dict[str, float]]) -> None:
    assert best_of(FOUR, MEAN, broken) == FOUR[2]


def test_the_best_setting_is_taken_at_the_point_that_needs_it() -> None:
    assert best_of(FOUR, MEAN, losses(0.5, 2.0, 1.0, 1.0), {"seed": 1}) == FOUR[3]


def test_a_setting_that_was_not_trained_at_the_point_is_out() -> None:
    assert best_of(FOUR[:3], MEAN, losses(2.0, 2.0, 1.0), {"seed": 1}) == FOUR[1]


def test_means_of_the_largest_numbers_are_compared() -> None:
    assert best_of(FOUR, MEAN, losses(1.7e308, 1.7e308, 1.6e308, 1.7e308)) == FOUR[2]


def test_one_and_true_are_two_settings() -> None:
    assert len(settings([trial("a", flag=1, seed=0), trial("b", flag=True, seed=0)], ["seed"])) == 2


def chosen(name: str, lr: float, seed: int) -> Trial:
    """Return a trial of a search that chose `lr`, with one of the search's seeds."""
    trial_ = trial(name, seed=seed)
    return trial_.model_copy(update={"params": {"lr": lr, "seed": seed}, "seed": seed})


SEARCHED = [chosen("a", 1, 0), chosen("b", 1, 1), chosen("c", 2, 0), chosen("d", 2, 1)]


def test_the_settings_of_a_search_differ_in_what_it_chose() -> None:
    assert settings(SEARCHED, ["seed"], searched=True) == [SEARCHED[:2], SEARCHED[2:]]


def test_the_best_setting_of_a_search_stands_by_its_first_seed_where_the_point_has_another() -> None:
    losses_ = losses(0.5, 2.0, 1.0, 1.0)

    assert best_of(SEARCHED, MEAN, losses_, {"seed": 7}, searched=True) == SEARCHED[2]
    assert best_of(SEARCHED, MEAN, losses_, {"seed": 1}, searched=True) == SEARCHED[3]


def test_trials_are_ranked_from_the_best_on() -> None:
    three = [trial("a", lr=1), trial("b", lr=2), trial("c", lr=3), trial("d", lr=4)]

    assert [one.id for one in ranked(three, LOSS, losses(3.0, 1.0, math.nan, 1.0))] == ["b", "d", "a"]
