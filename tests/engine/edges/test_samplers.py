"""What the samplers draw when a search is made again for each answer, beside a study that Optuna keeps."""

import json
from typing import Any

import optuna
import pytest
from scipy.stats import qmc

from orchestrator.engine.edges.optuna_sampler import sampler_of
from orchestrator.engine.edges.suggest import Drawn, draw, suggest
from orchestrator.engine.told import Told
from orchestrator.study.searches.search import Search

XY = {"x": {"low": -5.0, "high": 5.0}, "y": {"low": -5.0, "high": 5.0}}
TREE = {
    "lr": {"low": 1e-5, "high": 1e-1, "log": True},
    "optimizer": {"sgd": {"momentum": {"low": 0.0, "high": 0.9}}, "adam": None, "lion": {"beta": [0.8, 0.9]}},
}
MOVING = [
    {"name": "cmaes"},
    {"name": "cmaes", "popsize": 4, "n_startup_trials": 7},
    {"name": "cmaes", "with_margin": True},
]


def search(sampler: Any, space: dict[str, Any] = XY, **more: Any) -> Search:
    return Search.model_validate(
        {"sampler": sampler, "trials": 99, "space": space, "objective": {"minimize": "loss"}, **more}
    )


def sphere(params: dict[str, Any]) -> float:
    return float((params["x"] - 1) ** 2 + (params["y"] + 2) ** 2)


def after(told: list[Told], number: int, found: Drawn, value: float) -> list[Told]:
    """Return the answers with one more, as files would give it back."""
    attrs = json.loads(json.dumps(found.attrs))
    done = Told(number=number, params=found.params, state="complete", values=(value,), attrs=attrs)
    return [*told, done]


# Not nsga2: Optuna takes the parents of a generation in another order once it has noted them in its study.
@pytest.mark.parametrize("sampler", MOVING, ids=str)
def test_a_search_made_again_draws_as_one_study_of_optuna(sampler: dict[str, Any]) -> None:
    wanted, study, told = search(sampler), optuna.create_study(), list[Told]()
    for number in range(1, 31):
        study.sampler = sampler_of(wanted, 0, number)
        kept = study.ask()
        params = {name: kept.suggest_float(name, -5, 5) for name in ("x", "y")}
        study.tell(kept, sphere(params))

        found = draw(wanted, 0, told, number)
        told = after(told, number, found, sphere(found.params))

    assert [one.params for one in told] == [trial.params for trial in study.trials]


@pytest.mark.parametrize(
    ("sampler", "count"), [("cmaes", 40), ({"name": "nsga2", "population_size": 10}, 40), ("gp", 18)], ids=str
)
def test_a_sampler_that_learns_comes_nearer_than_random(sampler: Any, count: int) -> None:
    def last(name: Any) -> float:
        told: list[Told] = []
        for number in range(1, count + 1):
            found = draw(search(name), 0, told, number)
            told = after(told, number, found, sphere(found.params))
        return sum(one.values[0] for one in told[-8:])

    assert last(sampler) < last("random")


def test_no_answer_holds_a_pickle() -> None:
    told: list[Told] = []
    for number in range(1, 15):
        found = draw(search("cmaes"), 0, told, number)
        told = after(told, number, found, sphere(found.params))

    assert {key for one in told for key in one.attrs} == {"cma:generation", "told", "before"}


def test_answers_that_are_not_finished_do_not_move_cmaes() -> None:
    told: list[Told] = []
    for number in range(1, 15):
        found = draw(search("cmaes"), 0, told, number)
        state = {3: "running", 5: "failed"}.get(number)
        told = after(told, number, found, sphere(found.params))
        if state:
            told[-1] = Told(number=number, params=found.params, state=state, attrs=found.attrs)  # type: ignore[arg-type]

    assert all(3 not in one.attrs.get("told", []) and 5 not in one.attrs.get("told", []) for one in told)


def test_answers_of_qmc_are_the_points_of_one_sequence() -> None:
    scrambled = sampler_of(search("qmc"), 4, 1)._seed  # type: ignore[attr-defined]
    points = qmc.Sobol(2, seed=scrambled, scramble=True).random(8)

    drawn = [suggest(search("qmc"), 4, [], number) for number in range(1, 9)]

    assert [(one["x"], one["y"]) for one in drawn] == [
        pytest.approx((10 * x - 5, 10 * y - 5)) for x, y in points
    ]


def test_the_sequence_of_qmc_reaches_into_branches() -> None:
    drawn = [suggest(search("qmc", TREE), 0, [], number) for number in range(1, 65)]

    momenta = [one["momentum"] for one in drawn if one["optimizer"] == "sgd"]
    assert len(set(momenta)) == len(momenta) > 15


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "cmaes", "nsga2", "qmc"])
def test_a_seed_of_its_own_draws_otherwise(sampler: str) -> None:
    drawn = {str(suggest(search(sampler, **seed), 0, [], 1)) for seed in ({}, {"seed": 0}, {"seed": 7})}

    assert len(drawn) == 3


@pytest.mark.parametrize("sampler", ["random", "tpe", "gp", "nsga2", "qmc", "cmaes"])
def test_only_what_goes_with_a_value_is_chosen_beside_it(sampler: str) -> None:
    told: list[Told] = []
    for number in range(1, 21):
        found = draw(search(sampler, TREE), 0, told, number)
        told = after(told, number, found, found.params["lr"])

    names = {one.params["optimizer"]: set(one.params) - {"lr", "optimizer"} for one in told}
    assert names == {"sgd": {"momentum"}, "adam": set(), "lion": {"beta"}}


def test_tpe_learns_inside_of_branches() -> None:
    def loss(params: dict[str, Any]) -> float:
        return abs(params.get("momentum", 2.0) - 0.3)

    def last(name: str) -> float:
        told: list[Told] = []
        for number in range(1, 51):
            found = draw(search(name, TREE), 0, told, number)
            told = after(told, number, found, loss(found.params))
        return sum(one.values[0] for one in told[-15:])

    assert last("tpe") < 0.5 * last("random")


def test_branches_may_have_a_parameter_of_the_same_name() -> None:
    space = {
        "optimizer": {"sgd": {"lr": {"low": 1.0, "high": 2.0}}, "adam": {"lr": {"low": 3.0, "high": 4.0}}}
    }
    told: list[Told] = []
    for number in range(1, 21):
        found = draw(search("tpe", space), 0, told, number)
        told = after(told, number, found, found.params["lr"])

    assert all((one.params["lr"] < 2.5) == (one.params["optimizer"] == "sgd") for one in told)
