import importlib.util
from typing import Any

import pytest

from orchestrator.study.searches.edges.optuna_options import CLASSES, OptunaKind, made, mistakes_of


def told(kind: OptunaKind, name: str, options: dict[str, Any]) -> list[str]:
    """Return what is wrong with options, each with its place and the hint."""
    found = mistakes_of(kind, name, options)
    return [f"{'.'.join(map(str, one.keys))}: {one.message}; {one.hint}" for one in found]


@pytest.mark.parametrize("sampler", CLASSES["sampler"])
def test_every_sampler_is_made(sampler: str) -> None:
    assert mistakes_of("sampler", sampler, {}) == []
    assert type(made("sampler", sampler, {}, seed=1)).__name__ == CLASSES["sampler"][sampler]


@pytest.mark.parametrize(
    ("pruner", "options"),
    [
        ("median", {"n_warmup_steps": 3}),
        ("percentile", {"percentile": 25}),
        ("successive_halving", {"min_resource": "auto"}),
        ("hyperband", {"max_resource": 50}),
        ("patient", {"wrapped_pruner": {"name": "median", "n_startup_trials": 2}, "patience": 3}),
        ("patient", {"wrapped_pruner": None, "patience": 3}),
        ("threshold", {"lower": 0.5}),
        ("wilcoxon", {}),
    ],
)
def test_every_pruner_is_made(pruner: str, options: dict[str, Any]) -> None:
    assert mistakes_of("pruner", pruner, options) == []
    assert type(made("pruner", pruner, options)).__name__ == CLASSES["pruner"][pruner]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_startup_trials": 20, "prior_weight": 1, "multivariate": None}, None),
        (
            {"n_startup_trial": 3},
            "n_startup_trial: sampler `tpe` has no option `n_startup_trial`; did you mean",
        ),
        ({"n_startup_trials": "a"}, "n_startup_trials: `a` must be a whole number"),
        ({"n_startup_trials": 1.5}, "n_startup_trials: `1.5` must be a whole number"),
        ({"n_startup_trials": True}, "n_startup_trials: `true` must be a whole number"),
        ({"prior_weight": float("inf")}, "prior_weight: `inf` must be a number or null"),
        ({"gamma": 3}, "gamma: `gamma` is an object of Python (Callable[[int], int] | None), which no file"),
        ({"n_ei_candidates": 0}, "n_ei_candidates: `0` must be at least 1"),
        ({"seed": 1}, "seed: `seed` is not given here; write `seed:` beside `sampler:`"),
        (
            {"group": True, "multivariate": False},
            ": sampler `tpe` with {group: true, multivariate: false}: ``gr",
        ),
    ],
)
def test_options_are_checked_against_optunas_class(options: dict[str, Any], message: str | None) -> None:
    found = told("sampler", "tpe", options)

    assert len(found) == (message is not None)
    assert all(one.startswith(message or "") for one in found)


@pytest.mark.parametrize(
    "option", ["consider_pruned_trials", "restart_strategy", "warn_independent_sampling"]
)
def test_an_option_that_changes_nothing_here_is_told(option: str) -> None:
    (found,) = told("sampler", "cmaes", {option: True})

    assert found.startswith(f"{option}: `{option}` is not given here; leave it out: ")


def test_an_unknown_name_is_told_with_the_nearest_and_all() -> None:
    (found,) = told("pruner", "medan", {})

    assert found.startswith(
        "name: there is no pruner `medan`; did you mean `median`? allowed: `median`, `perc"
    )


def test_options_of_a_pruner_inside_of_another_are_told_at_their_place() -> None:
    options = {"wrapped_pruner": {"name": "median", "n_startup_trials": "x"}, "patience": 3}

    assert told("pruner", "patient", options)[0].startswith("wrapped_pruner.n_startup_trials: `x` must be")


def test_an_option_that_has_to_be_given_is_told() -> None:
    assert told("pruner", "percentile", {})[0].startswith(": pruner `percentile` needs `percentile`")


def test_a_grid_has_no_options() -> None:
    assert told("sampler", "grid", {"seed": 1})[0].startswith("seed: `grid` has no options")


def test_a_package_that_is_missing_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)

    assert told("sampler", "cmaes", {}) == [
        "name: sampler `cmaes` needs `cmaes`, which is not installed; type `python -m pip install cmaes`"
    ]
