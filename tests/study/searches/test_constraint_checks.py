from pathlib import Path
from typing import Any

import pytest

from orchestrator.study.searches.constraint_checks import meets
from orchestrator.study.searches.search import Search
from tests.study.searched import stage, told

NUMBERS = {"beta": {"low": 0.0, "high": 1.0}, "opt.lr": [0.1, 0.2]}
BRANCHES = {"optimizer": {"sgd": {"opt.momentum": [0.1, 0.2]}, "adam": None}}


@pytest.mark.parametrize(
    ("constraint", "message"),
    [
        ("opt.lr * beta < 0.1", None),
        ("must > 0 and data.batch > 8", None),
        ("beta <", "constraints[0]: `beta <` cannot be read"),
        ("opt.lr * batch < 2", "constraints[0]: `batch` is neither searched nor a parameter"),
        ("opt.rate < 2", "constraints[0]: `opt.rate` is neither searched nor a parameter"),
        ("beta > 2", "constraints: nothing drawn meets `beta > 2`"),
        ("beta > optimizer", "constraints: nothing drawn meets `beta > optimizer`"),
        ("must > beta + 1", "constraints: nothing drawn meets `must > beta + 1`"),
    ],
)
def test_constraints_are_checked_before_anything_is_drawn(
    tmp_path: Path, constraint: str, message: str | None
) -> None:
    found = told(tmp_path, NUMBERS, constraints=[constraint])

    assert len(found) == (message is not None)
    assert all(one.startswith(message or "") for one in found)


def test_a_grid_leaves_out_what_does_not_meet_the_constraints(tmp_path: Path) -> None:
    space = {**BRANCHES, "opt.lr": [0.1, 0.2]}
    found = stage(tmp_path, space, sampler="grid", constraints=["opt.lr < 0.15 or opt.momentum > 0.1"])

    assert [(point.axes["optimizer"], point.axes["opt.momentum"]) for point in found.points] == [
        ("sgd", 0.1),
        ("sgd", 0.2),
        ("sgd", 0.2),
        ("adam", None),
        ("adam", None),
    ]


def test_a_grid_of_which_nothing_is_left_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, {"opt.lr": [0.1]}, sampler="grid", constraints=["opt.lr > 1"])

    assert found == ["constraints: no point of the grid meets `opt.lr > 1`"]


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"beta": 0.5}, None),
        ({"opt.lr": 0.2, "optimizer": "sgd", "opt.momentum": 0.1}, None),
        ({"bet": 1}, "bet: `bet` is not searched"),
        ({"beta": 3}, "beta: `3.0` is no number from 0.0 to 1.0"),
        ({"beta": "x"}, "beta: `x` is no number from 0.0 to 1.0"),
        ({"layers": 2}, "layers: `2` is not on the steps of 2 from 1"),
        ({"layers": 1.5}, "layers: `1.5` is no whole number from 1 to 9"),
        ({"opt.lr": 0.3}, "opt.lr: `0.3` is not one of `0.1`, `0.2`"),
        ({"opt.momentum": 0.1}, "opt.momentum: `opt.momentum` is searched only with {optimizer: sgd}, which"),
        (
            {"optimizer": "adam", "opt.momentum": 0.1},
            "opt.momentum: `opt.momentum` is searched only with {optimizer: sgd}, which",
        ),
    ],
    ids=str,
)
def test_a_point_to_start_with_lies_in_the_space(
    tmp_path: Path, point: dict[str, Any], message: str | None
) -> None:
    space = {**NUMBERS, **BRANCHES, "layers": {"low": 1, "high": 9, "step": 2}}
    found = told(tmp_path, space, enqueue=[{}, point])

    assert len(found) == (message is not None)
    assert all(one.startswith(f"enqueue[1].{message}") for one in found)


@pytest.mark.parametrize(("point", "wrong"), [({"beta": 0.6}, 0), ({"opt.lr": 0.2}, 0), ({"beta": 0.2}, 1)])
def test_a_point_to_start_with_can_be_completed_so_that_it_meets_the_constraints(
    tmp_path: Path, point: dict[str, Any], wrong: int
) -> None:
    assert len(told(tmp_path, NUMBERS, constraints=["beta > 0.5"], enqueue=[point])) == wrong


def test_a_constraint_on_a_branch_that_is_not_taken_is_met() -> None:
    search = Search.model_validate(
        {
            "trials": 1,
            "space": BRANCHES,
            "constraints": ["opt.momentum > 0.5"],
            "objective": {"minimize": "loss"},
        }
    )

    assert meets(search, {"opt": {"momentum": 0.0}}, {"optimizer": "adam"})
    assert not meets(search, {}, {"optimizer": "sgd", "opt.momentum": 0.1})


def test_there_are_no_more_points_to_start_with_than_trials(tmp_path: Path) -> None:
    assert told(tmp_path, NUMBERS, enqueue=[{}] * 4)[0].endswith("`enqueue` has 4 points, and `trials` is 3")


def test_a_grid_has_no_points_to_start_with(tmp_path: Path) -> None:
    found = told(tmp_path, {"beta": [0.1]}, sampler="grid", enqueue=[{"beta": 0.1}])

    assert found[0].endswith("a grid tries all of its points; leave `enqueue` out")
