"""Our deciding beside plain Optuna is compared in `tests/peers/test_pruners.py`."""

import math
from collections.abc import Mapping
from typing import Any

import optuna
import pytest

from orchestrator.engine.edges.optuna_study import study_of
from orchestrator.engine.edges.pruner import decide, pruner_of
from orchestrator.engine.told import History, Told
from orchestrator.study.searches.search import Search


def search(pruner: Any, *, way: str = "minimize") -> Search:
    return Search.model_validate(
        {
            "trials": 99,
            "space": {"x": {"low": 0.0, "high": 1.0}},
            "objective": {way: "loss"},
            "pruner": pruner,
        }
    )


def told(
    number: int, curve: Mapping[int, float], state: Any = "complete", noted: Mapping[str, float] | None = None
) -> Told:
    values = (curve[max(curve)],) if state == "complete" else ()
    history = History(curve=curve, noted=noted or {})
    return Told(
        number=number,
        params={"x": number / 100},
        state=state,
        values=values,
        history=history,
        finished=number,
    )


GOOD, BAD = {0: 0.5, 1: 0.1}, {0: 0.9}
FIRST = [told(number, GOOD) for number in range(1, 6)]


@pytest.mark.parametrize(("curve", "prune"), [(BAD, True), ({0: 0.2}, False), ({0: math.nan}, True)])
def test_whoever_is_worse_than_the_median_ends(curve: Mapping[int, float], prune: bool) -> None:
    assert decide(search("median"), "k", [*FIRST, told(6, curve, "running")], 5) == (prune, {})


def test_in_a_search_for_the_largest_the_smaller_one_ends() -> None:
    largest = search("median", way="maximize")

    assert decide(largest, "k", [*FIRST, told(6, {0: 0.2}, "running")], 5)[0]


def test_a_rung_is_noted_and_given_back() -> None:
    halving = search({"name": "successive_halving", "min_resource": 1, "reduction_factor": 2})
    alone = [told(1, {0: 0.5, 1: 0.4}, "running")]
    prune, noted = decide(halving, "k", alone, 0)
    again = [told(1, {0: 0.5, 1: 0.4}, "running", noted)]

    assert (prune, noted) == (False, {"completed_rung_0": 0.4})
    assert decide(halving, "k", again, 0) == (False, {})


def test_the_rungs_of_others_count() -> None:
    halving = search({"name": "successive_halving", "min_resource": 1, "reduction_factor": 2})
    better = told(1, {1: 0.1}, "pruned", {"completed_rung_0": 0.1})

    assert decide(halving, "k", [better, told(2, {1: 0.4}, "running")], 1)[0]


@pytest.mark.parametrize(
    ("pruner", "option", "steps"),
    [("hyperband", "_max_resource", 301), ("successive_halving", "_min_resource", 3)],
)
def test_what_is_measured_is_the_trial_that_was_complete_first(pruner: str, option: str, steps: int) -> None:
    first, second = told(1, {300: 0.5}), told(2, {900: 0.5})

    assert vars(pruner_of(search(pruner), [second, first]))[option] == steps


def test_a_pruner_inside_of_another_is_measured_too() -> None:
    patient = {"name": "patient", "patience": 1, "wrapped_pruner": "hyperband"}
    inner = vars(pruner_of(search(patient), [told(1, {9: 0.5})]))["_wrapped_pruner"]

    assert inner._max_resource == 10


def test_while_nothing_is_complete_nothing_is_measured() -> None:
    assert vars(pruner_of(search("hyperband"), [told(1, {9: 0.5}, "running")]))["_max_resource"] == "auto"


def test_a_decision_is_a_function_of_its_arguments() -> None:
    hyperband = search({"name": "hyperband", "max_resource": 9})
    trials = [told(n, {step: n / (step + 1) for step in range(9)}, "running") for n in range(1, 20)]

    assert [decide(hyperband, "k", trials, n) for n in range(19)] == [
        decide(hyperband, "k", trials, n) for n in range(19)
    ]


def test_a_sampler_is_told_how_those_went_that_were_ended() -> None:
    pruned = [told(number, BAD, "pruned") for number in range(1, 3)]
    study = study_of(search("median"), 0, pruned, 3, key="k")

    assert [(one.state.name, one.intermediate_values) for one in study.trials] == [("PRUNED", BAD)] * 2


def test_a_sampler_sees_hyperbands_brackets() -> None:
    study = study_of(search("hyperband"), 0, [told(1, {26: 0.5})], 2, key="k")
    pruner = study.pruner

    assert isinstance(pruner, optuna.pruners.HyperbandPruner)
    assert len(pruner._pruners) == 4
