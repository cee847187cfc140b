import math
from typing import get_args

import pytest

from orchestrator.engine.edges.suggest import SAMPLERS, Told, suggest
from orchestrator.study.study_file import Objective, Range, Search

SPACE = {"lr": Range(low=1e-5, high=1e-1, log=True), "layers": Range(low=1, high=4), "net": ["a", "b"]}


def test_every_sampler_of_a_study_file_is_there() -> None:
    names = get_args(Search.model_fields["sampler"].annotation)

    assert set(names) == {"grid", *SAMPLERS}


def search(sampler: str) -> Search:
    return Search.model_validate(
        {"sampler": sampler, "trials": 40, "space": SPACE, "objective": Objective(minimize="loss")}
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_an_answer_is_a_function_of_its_arguments(sampler: str) -> None:
    told: list[Told] = [(suggest(search(sampler), 0, [], number), float(number)) for number in range(1, 13)]

    assert suggest(search(sampler), 0, told, 13) == suggest(search(sampler), 0, told, 13)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_answers_stay_in_the_space(sampler: str) -> None:
    params = suggest(search(sampler), 1, [], 1)

    assert 1e-5 <= params["lr"] <= 1e-1
    assert params["layers"] in {1, 2, 3, 4}
    assert params["net"] in {"a", "b"}


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_lists_mappings_and_null_may_be_chosen(sampler: str) -> None:
    space = {"layers": [[64, 64], [128], None, {"a": 1}], "rate": [None, 0.5]}
    odd = Search.model_validate(
        {"sampler": sampler, "trials": 30, "space": space, "objective": {"minimize": "m"}}
    )
    told: list[Told] = []
    for number in range(1, 31):
        told.append((suggest(odd, 0, told, number), float(number)))

    assert all(params["layers"] in space["layers"] and params["rate"] in space["rate"] for params, _ in told)
    assert {str(params["layers"]) for params, _ in told} == set(map(str, space["layers"]))


def test_two_seeds_give_two_answers() -> None:
    assert suggest(search("random"), 0, [], 1) != suggest(search("random"), 1, [], 1)


def test_tpe_comes_nearer_than_random() -> None:
    def mean_distance(sampler: str) -> float:
        told: list[Told] = []
        for number in range(1, 41):
            params = suggest(search(sampler), 3, told, number)
            told.append((params, abs(params["lr"] - 1e-3) + params["layers"]))
        return sum(value for _, value in told[-15:] if value is not None)

    assert mean_distance("tpe") < mean_distance("random")


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_trial_whose_objective_is_not_finite_counts_as_failed(sampler: str, value: float) -> None:
    told: list[Told] = [(suggest(search(sampler), 0, [], number), float(number)) for number in range(1, 13)]
    failed = suggest(search(sampler), 0, [], 13)

    assert suggest(search(sampler), 0, [*told, (failed, value)], 14) == suggest(search(sampler), 0, told, 14)


def test_an_unfinished_trial_is_told_without_a_value() -> None:
    first = suggest(search("tpe"), 0, [], 1)

    assert suggest(search("tpe"), 0, [(first, None)], 2) != first
