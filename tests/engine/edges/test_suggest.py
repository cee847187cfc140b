from dataclasses import replace
from typing import Any

import pytest

from orchestrator.engine.edges.suggest import suggest
from orchestrator.engine.told import Told
from orchestrator.study.objective import Objective
from orchestrator.study.searches.search import Range, Search

SPACE = {"lr": Range(low=1e-5, high=1e-1, log=True), "layers": Range(low=1, high=4), "net": ["a", "b"]}
LOSS = Objective(minimize="loss")
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


def test_a_value_for_each_objective_is_told_with_its_direction() -> None:
    def drawn(*ways: str) -> dict[str, Any]:
        objective = [{way: name} for way, name in zip(ways, ("loss", "speed"), strict=True)]
        several = Search.model_validate({"trials": 40, "space": SPACE, "objective": objective})
        told: list[Told] = []
        for number in range(1, 16):
            params = suggest(search("random"), 0, [], number)
            values = (params["lr"], float(params["layers"]))
            told.append(Told(number=number, params=params, state="complete", values=values))
        return suggest(several, 0, told, 16)

    assert drawn("minimize", "minimize") == drawn("minimize", "minimize")
    assert drawn("minimize", "minimize") != drawn("minimize", "maximize")


SEEN_BEFORE = {
    "random": {"lr": 1.3458978235003978e-05, "layers": 1, "drop": 0.4, "net": "a"},
    "tpe": {"lr": 0.005321594545099493, "layers": 2, "drop": 0.5, "net": [1, 2]},
}
"""Answer 13 as it was drawn before spaces had branches."""


@pytest.mark.parametrize("sampler", SEEN_BEFORE)
def test_a_flat_space_draws_what_it_always_drew(sampler: str) -> None:
    space = {"lr": SPACE["lr"], "layers": SPACE["layers"], "drop": {"low": 0, "high": 0.5, "step": 0.1}}
    flat = Search.model_validate(
        {"sampler": sampler, "trials": 13, "space": {**space, "net": ["a", [1, 2], None]}, "objective": LOSS}
    )
    told: list[Told] = []
    for number in range(1, 14):
        params = suggest(flat, 3, told, number)
        ended = {4: "running", 6: "failed"}.get(number)
        found = complete(number, params, abs(params["lr"] - 1e-3) + params["layers"])
        told.append(replace(found, state=ended, values=()) if ended else found)  # type: ignore[arg-type]

    assert told[-1].params == SEEN_BEFORE[sampler]


def constrained(sampler: str, **more: Any) -> Search:
    space = {"lr": {"low": 0.0, "high": 1.0}, "batch": {"low": 1, "high": 64}}
    return Search.model_validate(
        {"sampler": sampler, "trials": 40, "space": space, "objective": LOSS, "seed": 2, **more}
    )


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_answer_meets_the_constraints(sampler: str) -> None:
    wanted = constrained(sampler, constraints=["lr * batch <= limit", "lr > 0.01"])
    drawn = [suggest(wanted, 0, [], number, {"limit": 2}) for number in range(1, 31)]

    assert all(0.01 < one["lr"] <= 2 / one["batch"] for one in drawn)
    assert drawn[4] == suggest(wanted, 0, [], 5, {"limit": 2})


def test_a_sampler_that_always_draws_the_same_is_helped_out() -> None:
    wanted = constrained("qmc", constraints=["lr * batch <= 0.02"])

    assert suggest(wanted, 0, [], 1)["lr"] <= 0.02


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_points_to_start_with_are_tried_first_and_completed(sampler: str) -> None:
    wanted = constrained(sampler, enqueue=[{"lr": 0.5, "batch": 8}, {"batch": 3}])
    first, second, third = (suggest(wanted, 0, [], number) for number in (1, 2, 3))

    assert first == {"lr": 0.5, "batch": 8}
    assert second["batch"] == 3
    assert second["lr"] not in {0.5, third["lr"]}


def test_a_point_to_start_with_goes_down_its_branch() -> None:
    space = {
        "layers": [[1], [2, 2]],
        "optimizer": {"sgd": {"momentum": {"low": 0, "high": 1.0}}, "adam": None},
    }
    wanted = search("tpe").model_copy(
        update={"space": Search.model_validate({"trials": 1, "space": space, "objective": LOSS}).space}
    )
    point = {"optimizer": "sgd", "momentum": 0.25, "layers": [2, 2]}

    assert suggest(wanted.model_copy(update={"enqueue": [point]}), 0, [], 1) == point
