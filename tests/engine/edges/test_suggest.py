from typing import Any

import pytest

from orchestrator.engine.edges.suggest import suggest
from orchestrator.engine.told import Told
from orchestrator.study.objective import Objective
from orchestrator.study.search import Range, Search

SPACE = {"lr": Range(low=1e-5, high=1e-1, log=True), "layers": Range(low=1, high=4), "net": ["a", "b"]}
SAMPLERS = ("random", "tpe", "gp", "cmaes", "nsga2", "qmc")


def complete(number: int, params: dict[str, Any], value: float) -> Told:
    return Told(number=number, params=params, state="complete", values=(value,))


def search(sampler: str) -> Search:
    return Search.model_validate(
        {"sampler": sampler, "trials": 40, "space": SPACE, "objective": Objective(minimize="loss")}
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_an_answer_is_a_function_of_its_arguments(sampler: str) -> None:
    told = [
        complete(number, suggest(search(sampler), 0, [], number), float(number)) for number in range(1, 13)
    ]

    assert suggest(search(sampler), 0, told, 13) == suggest(search(sampler), 0, told, 13)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_answers_stay_in_the_space(sampler: str) -> None:
    params = suggest(search(sampler), 1, [], 1)

    assert 1e-5 <= params["lr"] <= 1e-1
    assert params["layers"] in {1, 2, 3, 4}
    assert params["net"] in {"a", "b"}


@pytest.mark.parametrize("sampler", [name for name in SAMPLERS if name not in {"gp", "cmaes"}])
def test_lists_mappings_and_null_may_be_chosen(sampler: str) -> None:
    space = {"layers": [[64, 64], [128], None, {"a": 1}], "rate": [None, 0.5]}
    odd = Search.model_validate(
        {"sampler": sampler, "trials": 30, "space": space, "objective": {"minimize": "m"}}
    )
    told: list[Told] = []
    for number in range(1, 31):
        told.append(complete(number, suggest(odd, 0, told, number), float(number)))

    params = [one.params for one in told]
    assert all(one["layers"] in space["layers"] and one["rate"] in space["rate"] for one in params)
    assert {str(one["layers"]) for one in params} == set(map(str, space["layers"]))


def test_two_seeds_give_two_answers() -> None:
    assert suggest(search("random"), 0, [], 1) != suggest(search("random"), 1, [], 1)


def test_tpe_comes_nearer_than_random() -> None:
    def mean_distance(sampler: str) -> float:
        told: list[Told] = []
        for number in range(1, 41):
            params = suggest(search(sampler), 3, told, number)
            told.append(complete(number, params, abs(params["lr"] - 1e-3) + params["layers"]))
        return sum(one.values[0] for one in told[-15:])

    assert mean_distance("tpe") < mean_distance("random")


def test_an_unfinished_trial_is_told_without_a_value() -> None:
    first = suggest(search("tpe"), 0, [], 1)

    running = Told(number=1, params=first, state="running")

    assert suggest(search("tpe"), 0, [running], 2) != first
