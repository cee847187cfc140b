from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.edges.task_source import find_task
from orchestrator.study.search_space import check_space, examples, expanded, settled
from orchestrator.study.study_file import Objective, Range, Search, StageEntry

TRAIN = find_task("tests.toy_tasks.train")
LOSS = Objective(minimize="loss")
MIXED = Search(trials=3, space={"lr": Range(low=1, high=10), "net": ["big", "small"]}, objective=LOSS)


def grid(**space: list[Any]) -> Search:
    return Search(sampler="grid", space=space, objective=LOSS)


def told(space: dict[str, Any], **entry: Any) -> list[str]:
    """Return what is wrong with the search of a stage."""
    problems = Problems(lambda _: "")
    search = {"trials": 3, "space": space, "objective": {"minimize": "loss"}}
    check_space(StageEntry(task="train", search=search, **entry), TRAIN, (), problems)
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


def test_whole_ends_of_a_range_of_numbers_are_no_steps() -> None:
    assert repr(settled(MIXED, TRAIN).space["lr"].low) == "1.0"  # type: ignore[union-attr]  # it is a range
