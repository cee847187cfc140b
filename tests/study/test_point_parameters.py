from pathlib import Path
from typing import Any

import pytest

from orchestrator.study.plan import Known, expand
from orchestrator.study.searches.opening import Asked
from orchestrator.study.study import Study
from orchestrator.study.trial import Trial
from tests.study.searched import entry, read, stage, told

BRANCHES = {"optimizer": {"sgd": {"opt.momentum": [0.1, 0.2]}, "adam": {"beta": [0.7]}}}


def trial(study: Study, name: str, **params: Any) -> Trial:
    """Return the trial that tries the first answer of a search."""
    (opening,) = (one for one in expand(study, Known()).openings if one.stage == name)
    answer = Asked(number=1, params={key.replace("__", "."): value for key, value in params.items()})
    return expand(study, Known(asked={opening.key: [answer]})).of(name)[0]


def test_what_is_searched_is_no_parameter_of_the_point(tmp_path: Path) -> None:
    (point,) = stage(tmp_path, {"opt.lr": {"low": 0.1, "high": 0.2}, "beta": [1.0, 2.0]}).points

    assert point.params["opt"] == {"name": "sgd", "momentum": 0.9}
    assert "beta" not in point.params


def test_a_part_that_is_searched_fills_in_the_rest(tmp_path: Path) -> None:
    study = read(tmp_path, {"sweep": entry({"opt.lr": [0.5]}, params={"opt": {"name": "lion"}})}).study

    assert trial(study, "sweep", opt__lr=0.5).params["opt"] == {"name": "lion", "momentum": 0.9, "lr": 0.5}


@pytest.mark.parametrize(
    ("params", "chosen", "momentum", "beta"),
    [
        ({}, {"optimizer": "sgd", "opt__momentum": 0.2}, 0.2, 0.5),
        ({}, {"optimizer": "adam", "beta": 0.7}, 0.9, 0.7),
        ({"opt": {"momentum": 0.4}, "beta": 0.3}, {"optimizer": "sgd", "opt__momentum": 0.2}, 0.2, 0.3),
        ({"opt": {"momentum": 0.4}, "beta": 0.3}, {"optimizer": "adam", "beta": 0.7}, 0.4, 0.7),
    ],
    ids=str,
)
def test_what_is_not_searched_has_what_is_given_or_the_default(
    tmp_path: Path, params: dict[str, Any], chosen: dict[str, Any], momentum: float, beta: float
) -> None:
    found = trial(read(tmp_path, {"sweep": entry(BRANCHES, params=params)}).study, "sweep", **chosen).params

    assert (found["opt"]["momentum"], found["beta"]) == (momentum, beta)


@pytest.mark.parametrize(
    ("chosen", "warmup"),
    [({"optimizer": "sgd", "warmup__lr": 0.2}, {"lr": 0.2}), ({"optimizer": "adam"}, None)],
    ids=str,
)
def test_what_holds_a_searched_part_may_be_left_out_elsewhere(
    tmp_path: Path, chosen: dict[str, Any], warmup: Any
) -> None:
    space = {"optimizer": {"sgd": {"warmup.lr": [0.1, 0.2]}, "adam": None}}

    assert trial(read(tmp_path, {"sweep": entry(space)}).study, "sweep", **chosen).params["warmup"] == warmup


def test_what_has_neither_is_told_with_the_value_that_lacks_it(tmp_path: Path) -> None:
    space = {"optimizer": {"sgd": {"must": [1.0]}, "adam": None}}

    assert told(tmp_path, space, task="strict") == [
        "space.optimizer.sgd.must: `must` has no value where `optimizer` is `adam`"
    ]
    assert told(tmp_path, space, task="strict", params={"must": 2.0}) == []


def test_a_grid_goes_down_its_branches(tmp_path: Path) -> None:
    points = stage(tmp_path, {**BRANCHES, "opt.lr": [0.5]}, sampler="grid").points

    assert [(point.params["opt"]["momentum"], point.params["beta"]) for point in points] == [
        (0.1, 0.5),
        (0.2, 0.5),
        (0.9, 0.7),
    ]
    assert points[2].axes == {"optimizer": "adam", "opt.momentum": None, "beta": 0.7, "opt.lr": 0.5}


def test_the_values_of_branches_are_of_the_parameters_type(tmp_path: Path) -> None:
    points = stage(tmp_path, {"layers": {1: None, "2": {"beta": [0.1]}}}, sampler="grid").points

    assert [(point.params["layers"], point.params["beta"]) for point in points] == [(1, 0.5), (2, 0.1)]


@pytest.mark.parametrize(
    ("sampler", "best"), [("grid", {"minimize": "loss"}), ("random", "loss")], ids=["grid", "random"]
)
def test_the_best_hands_on_what_it_has(tmp_path: Path, sampler: str, best: Any) -> None:
    final = {"task": "tests.nested_tasks.train", "needs": {"best": {"stage": "sweep", "best": best}}}
    space = {"optimizer": {"adam": None, "sgd": {"opt.momentum": [0.1]}}, "opt.lr": [0.5]}
    study = read(tmp_path, {"sweep": entry(space, sampler=sampler, trials=1), "final": final}).study
    known = Known()
    if sampler == "random":
        (opening,) = expand(study, known).openings
        chosen = Asked(number=1, params={"optimizer": "adam", "opt.lr": 0.5})
        known = Known(asked={opening.key: [chosen]})
    trials = expand(study, known).of("sweep")
    results = {one.id: {"loss": float(place)} for place, one in enumerate(trials)}
    known = Known(asked=known.asked, results=results, ended=frozenset(results))

    (found,) = expand(study, known).of("final")
    assert found.params["opt"] == {"name": "sgd", "lr": 0.5, "momentum": 0.9}
    assert found.params["optimizer"] == "adam"


def test_trials_of_a_search_are_gathered_with_what_was_searched(tmp_path: Path) -> None:
    together = {"task": "tests.nested_tasks.train", "needs": {"all": {"stage": "sweep", "all": True}}}
    study = read(tmp_path, {"sweep": entry(BRANCHES, trials=1), "together": together}).study
    (opening,) = expand(study, Known()).openings
    chosen = {"optimizer": "sgd", "opt.momentum": 0.2}
    known = Known(asked={opening.key: [Asked(number=1, params=chosen)]})

    (found,) = expand(study, known).of("together")
    assert found.gathered["all"].members[0].axes == chosen


def test_the_best_may_hand_on_what_is_searched_in_a_later_branch(tmp_path: Path) -> None:
    sweep = entry({"optimizer": {"adam": None, "sgd": {"must": [2.0]}}}, params={"must": 1.0})
    final = {"task": "tests.nested_tasks.strict", "needs": {"best": {"stage": "sweep", "best": "loss"}}}

    (edge,) = read(tmp_path, {"sweep": sweep, "final": final}).study.stage("final").needs
    assert edge.inherits == ("optimizer", "must")
