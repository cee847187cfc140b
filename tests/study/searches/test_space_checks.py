import math
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from orchestrator.engine.edges.suggest import suggest
from orchestrator.engine.told import Told
from orchestrator.messages.problems import Problems
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.objective import Objective
from orchestrator.study.parameters import TaskDescription
from orchestrator.study.searches.search import Range, Search
from orchestrator.study.searches.space_checks import check_space, examples, expanded, settled
from orchestrator.study.study_file import StageEntry

TRAIN = find_task("tests.toy_tasks.train")
LOSS = Objective(minimize="loss")
MIXED = Search(trials=3, space={"lr": Range(low=1, high=10), "net": ["big", "small"]}, objective=LOSS)


def grid(**space: list[Any]) -> Search:
    return Search(sampler="grid", space=space, objective=LOSS)


class Kinds(BaseModel):
    """Parameters of every kind."""

    number: float = 0.0
    whole: int = 0
    epochs: int = 0
    either: Any = 0
    flag: bool = False


@dataclass(frozen=True)
class Described:
    """A task of which only the parameters are known."""

    model: type[BaseModel]
    version: int = 1


ANY = Described(Kinds)


def told(space: dict[str, Any], task: TaskDescription = TRAIN, **entry: Any) -> list[str]:
    """Return what is wrong with the search of a stage."""
    problems = Problems(lambda _: "")
    search = {"trials": 3, "space": space, "objective": {"minimize": "loss"}}
    check_space(StageEntry(task="train", search=search, **entry), task, (), problems)
    return [f"{problem.path}: {problem.message}" for problem in problems.found]


def test_an_example_is_an_allowed_value() -> None:
    assert examples(MIXED) == {"lr": 1, "net": "big"}


def test_a_grid_makes_every_combination_of_each_point() -> None:
    points = expanded([{"seed": 0}, {"seed": 1}], grid(lr=[1, 2], net=["big"]), (), Problems(lambda _: ""))

    assert [(point["seed"], point["lr"]) for point in points] == [(0, 1), (0, 2), (1, 1), (1, 2)]


def test_other_searches_leave_the_points_alone() -> None:
    assert expanded([{"seed": 0}], MIXED, (), Problems(lambda _: "")) == [{"seed": 0}]


def test_a_grid_that_is_too_large_is_told() -> None:
    problems = Problems(lambda _: "")
    space = {name: list(range(100)) for name in "abc"}

    assert expanded([{}], grid(**space), (), problems) == []
    assert problems.found[0].message.startswith("the grid has 1,000,000 trials")


@pytest.mark.parametrize(
    ("space", "entry", "message"),
    [
        ({"lr": [0.1]}, {}, []),
        ({"rate": [1]}, {}, ["search.space.rate: `train` has no parameter `rate`"]),
        (
            {"lr": [1]},
            {"params": {"lr": 2}},
            ["search.space.lr: `lr` is given twice: here and under `params:`"],
        ),
        ({"lr": [1]}, {"over": ["lr"]}, ["search.space.lr: `lr` is given twice: here and as an axis"]),
        ({"lr": {"low": 1, "high": 11}}, {}, ["search.space.lr.high: `11` must be at most 10"]),
        ({"lr": [1, 0]}, {}, ["search.space.lr[1]: `0` must be more than 0"]),
        ({"epochs": [1, 1]}, {}, ["search.space.epochs: `[1, 1]` has a value twice"]),
    ],
    ids=str,
)
def test_a_space_is_checked_against_the_task(
    space: dict[str, Any], entry: dict[str, Any], message: list[str]
) -> None:
    assert told(space, **entry) == message


NESTED = find_task("tests.nested_tasks.train")


@pytest.mark.parametrize(
    ("space", "entry", "message"),
    [
        (
            {"opt.lr": {"low": 0.1, "high": 0.9}, "data.batch": [8], "net.depth": [2], "free.a.b": [1]},
            {},
            None,
        ),
        ({"opt.lr": [0.1]}, {"params": {"opt": {"name": "sgd"}}}, None),
        ({"optimizer": {"sgd": {"beta": [0.1]}, "adam": {"beta": [0.2]}}}, {"params": {"beta": 1}}, None),
        ({"opt.lrr": [1]}, {}, "opt.lrr: `opt` of `train` has no part `lrr`"),
        ({"optt.lr": [1]}, {}, "optt.lr: `train` has no parameter `optt.lr`"),
        ({"opt.lr.deep": [1]}, {}, "opt.lr.deep: `opt.lr` of `train` has no parts"),
        ({"opt.lr": {"low": 0.1, "high": 3}}, {}, "opt.lr.high: `3` must be less than 1"),
        ({"opt.lr": ["a"]}, {}, "opt.lr[0]: `a` is text, but must be a number"),
        ({"data.batch": [0]}, {}, "data.batch[0]: `0` must be more than 0"),
        (
            {"net.depth": {"low": 1, "high": 3, "step": 0.5}},
            {},
            "net.depth.step: `net.depth` is a whole number",
        ),
        ({"optimizer": {"sgd": {"beta": ["x"]}}}, {}, "optimizer.sgd.beta[0]: `x` is text"),
        ({"layers": {"1": None, "two": None}}, {}, "layers.two: `two` is text, but must be a whole number"),
        ({"opt.lr": [0.1]}, {"params": {"opt": {"lr": 0.2}}}, "opt.lr: `opt.lr` is given twice"),
        ({"opt.lr": [0.1]}, {"params": {"opt": "x"}}, "opt.lr: `opt` is given whole under `params:`"),
        (
            {"optimizer": {"sgd": {"beta": [0.1]}}},
            {"over": ["beta"]},
            "optimizer.sgd.beta: `beta` is given twice",
        ),
    ],
    ids=str,
)
def test_parts_and_branches_are_checked_against_the_task(
    space: dict[str, Any], entry: dict[str, Any], message: str | None
) -> None:
    found = told(space, NESTED, **entry)

    assert len(found) == (message is not None)
    assert all(one.startswith(f"search.space.{message}") for one in found)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        (
            {"epochs": {"low": 1, "high": 9, "step": 0.5}},
            "search.space.epochs.step: `epochs` is a whole number, and 0.5 is none",
        ),
        (
            {"whole": {"low": 0, "high": 10**17}},
            "search.space.whole: whole numbers of a range lie between -9007199254740992 and 9007199254740992",
        ),
        (
            {"number": {"low": 0, "high": 19524381, "step": 0.1}},
            "search.space.number.step: `low` and `high` lie more than 1,000,000 steps of 0.1 from 0",
        ),
        (
            {"flag": {"low": 0, "high": 1}},
            "search.space.flag: `flag` takes no numbers, and a range has nothing else",
        ),
    ],
    ids=str,
)
def test_a_range_that_cannot_be_searched_is_told(space: dict[str, Any], message: str) -> None:
    assert told(space, task=ANY) == [message]


def numbers() -> st.SearchStrategy[float]:
    """Return what may be typed as a number, extremes often."""
    extreme = [0, 1, -1, 2**53, 10**30, 10**400, 5e-324, 1e-300, 1e300, 1e308, math.inf, math.nan]
    return st.one_of(
        st.sampled_from(extreme), st.floats(-5, 5), st.integers(-20, 20), st.integers(), st.floats()
    )


@settings(max_examples=100)
@given(
    st.sampled_from(["number", "whole", "either"]),
    st.fixed_dictionaries(
        {"low": numbers(), "high": numbers(), "log": st.booleans()}, optional={"step": numbers()}
    ),
)
def test_what_a_study_file_may_say_of_a_range_can_be_searched(name: str, given_: dict[str, Any]) -> None:
    try:
        search = Search(trials=20, space={name: Range(**given_)}, objective=LOSS)
    except ValidationError:
        return
    if told({name: given_}, task=ANY):
        return
    search, answers = settled(search, ANY), list[Told]()
    for number in range(1, 13):  # the sampler learns after ten
        params = suggest(search, 0, answers, number)
        answers.append(Told(number=number, params=params, state="complete", values=(float(number),)))

    drawn = search.space[name]
    assert isinstance(drawn, Range)
    assert all(drawn.low <= one.params[name] <= drawn.high for one in answers)


def test_whole_ends_of_a_range_of_numbers_are_no_steps() -> None:
    assert repr(settled(MIXED, TRAIN).space["lr"].low) == "1.0"  # type: ignore[union-attr]  # it is a range
