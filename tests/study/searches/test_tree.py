import json
import random
from typing import Any

import pytest
from pydantic import TypeAdapter

from orchestrator.study.searches.space import Space
from orchestrator.study.searches.tree import (
    at_random,
    chosen_in,
    every,
    examples_of,
    has,
    laid,
    names_of,
    product,
    size,
    tree_of,
    without,
    wrong_in,
)

SPACES: TypeAdapter[Space] = TypeAdapter(Space)
TREE = {
    "lr": {"low": 0.1, "high": 0.2},
    "optimizer": {
        "sgd": {"momentum": [0.5, 0.9], "nesterov": {True: None, False: {"damp": [1]}}},
        "adam": None,
    },
    "layers": {1: None, 2: {"width": [8]}},
}


def space(written: dict[str, Any]) -> Space:
    return SPACES.validate_python(written)


def test_a_space_comes_out_of_json_as_it_went_in() -> None:
    there = space(TREE)

    assert SPACES.validate_python(json.loads(SPACES.dump_json(there))) == there


def test_all_names_of_a_tree_are_its_names() -> None:
    assert names_of(space(TREE)) == ("lr", "optimizer", "momentum", "nesterov", "damp", "layers", "width")


def test_a_choice_knows_with_which_values_alone_it_is_searched() -> None:
    where = {one.name: one.where for one in every(space(TREE))}

    assert where["damp"] == (("optimizer", "sgd"), ("nesterov", False))


def test_names_that_several_branches_have_are_told_apart() -> None:
    found = every(space({"optimizer": {"sgd": {"lr": [1]}, "adam": {"lr": [2]}}, "net": [1]}))

    assert [one.label for one in found] == ["optimizer", "lr optimizer=sgd", "lr optimizer=adam", "net"]


def test_only_branches_that_are_taken_count() -> None:
    params = {"lr": 0.1, "optimizer": "adam", "momentum": 0.9, "nesterov": False, "layers": 2, "width": 8}

    assert chosen_in(space(TREE), params) == {"lr": 0.1, "optimizer": "adam", "layers": 2, "width": 8}


def test_examples_together_take_every_branch() -> None:
    found = examples_of(space(TREE))

    assert {name for one in found for name in one} == set(names_of(space(TREE)))
    assert {one["optimizer"] for one in found} == {"sgd", "adam"}


def test_a_product_goes_down_every_branch() -> None:
    lists = space({"optimizer": {"sgd": {"momentum": [0.5, 0.9]}, "adam": {}}, "net": ["a", "b"]})

    assert size(tree_of(lists)) == len(list(product(tree_of(lists)))) == 6
    assert list(product(tree_of(lists)))[-1] == {"optimizer": "adam", "net": "b"}


def test_points_at_random_lie_in_the_space() -> None:
    numbers = {
        "whole": {"low": 1, "high": 100, "log": True},
        "even": {"low": 2, "high": 7, "step": 2},
        "step": {"low": 0.0, "high": 0.5, "step": 0.25},
        "log": {"low": 1e-5, "high": 1e-1, "log": True},
    }
    generator = random.Random(0)
    drawn = [at_random(tree_of(space(numbers)), generator) for _ in range(300)]

    assert all(isinstance(one["whole"], int) and 1 <= one["whole"] <= 100 for one in drawn)
    assert {one["even"] for one in drawn} == {2, 4, 6}
    assert {one["step"] for one in drawn} == {0.0, 0.25, 0.5}
    assert 100 < sum(one["log"] < 1e-3 for one in drawn) < 200


def test_parts_are_laid_into_parameters_and_not_into_the_originals() -> None:
    params = {"opt": {"name": "sgd", "lr": 1}, "net": 3}

    assert laid("t", params, {"opt.lr": 2, "new.part": 4}) == {
        "opt": {"name": "sgd", "lr": 2},
        "net": 3,
        "new": {"part": 4},
    }
    assert params["opt"] == {"name": "sgd", "lr": 1}


def test_a_command_has_no_parts_of_parameters() -> None:
    assert laid("command", {}, {"opt.lr": 2}) == {"opt.lr": 2}


def test_a_part_can_be_looked_for_and_left_out() -> None:
    params = {"opt": {"lr": 1, "name": "sgd"}}

    assert has(params, "opt.lr")
    assert not has(params, "opt.lr.deep")
    assert without(params, "opt.lr") == {"opt": {"name": "sgd"}}


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        (TREE, None),
        ({"o": {"x": {"a": [2]}, "y": {"a": [3]}}}, None),
        ({"a": [1], "o": {"x": {"a": [2]}}}, "`a` is searched twice at once"),
        ({"o": {"x": {"a": [2]}}, "a": [1]}, "`a` is searched twice at once"),
        ({"o": {"x": {"o": [2]}}}, "`o` is searched twice at once"),
        ({"p": {"x": {"a": [2]}}, "o": {"x": {"a": [2]}}}, "`a` is searched twice at once"),
        ({"o": {"x": {"p": {"q": {"a": [1]}}, "a": [2]}}}, "`a` is searched twice at once"),
        ({"opt": [1], "opt.lr": [2]}, "`opt` and `opt.lr` are searched at once"),
        ({"opt.lr": [1], "opt.lr.x": [2]}, "`opt.lr` and `opt.lr.x` are searched at once"),
    ],
    ids=str,
)
def test_a_place_is_searched_once(written: dict[str, Any], wrong: str | None) -> None:
    assert (wrong_in(space(written)) or "").startswith(wrong or "")
    assert (wrong_in(space(written)) is None) == (wrong is None)
