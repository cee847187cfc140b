from typing import Any

import pytest

from orchestrator.messages.problems import Problems
from orchestrator.study.need_keys import Written, check_all, check_conditions, check_where, gathered_axes
from orchestrator.study.objective import Best
from orchestrator.study.study_file import Need, StageEntry

SWEEP = {"trials": 3, "space": {"lr": [0.1, 1]}, "objective": {"minimize": "loss"}}
GRID = {"sampler": "grid", "space": {"lr": [0.1, 1]}, "objective": {"minimize": "loss"}}


def written(
    need: dict[str, Any], *over: str, name: str = "n", search: dict[str, Any] | None = None
) -> Written:
    """Return a need of a stage over some axes; the needed one is over `net` and `seed`."""
    return Written(
        name=name,
        need=Need.model_validate({"stage": "a", **need}),
        entry=StageEntry.model_validate({"task": "t", "over": list(over)}),
        source=StageEntry.model_validate({"task": "t", "over": ["net", "seed"], "search": search}),
        keys=(name,),
    )


def told(problems: Problems) -> list[str]:
    return [f"{one.path}: {one.message}" for one in problems.found]


@pytest.mark.parametrize(
    ("need", "over", "search", "axes"),
    [
        ({}, [], None, None),
        ({"all": ["seed"]}, [], None, ("seed",)),
        ({"all": True}, [], None, ("net", "seed")),
        ({"all": True}, ["net"], None, ("seed",)),
        ({"all": True, "where": {"net": "x"}}, [], None, ("seed",)),
        ({"all": True}, ["net", "seed"], None, ()),
        ({"all": True}, ["net", "lr"], SWEEP, ("seed", "lr")),
        ({"all": True}, ["net", "lr"], GRID, ("seed",)),
    ],
    ids=["one", "a list", "no axis", "own axis", "where", "every axis", "a search", "a grid"],
)
def test_over_what_is_gathered(
    need: dict[str, Any], over: list[str], search: dict[str, Any] | None, axes: tuple[str, ...] | None
) -> None:
    given = written(need, *over, search=search)

    assert gathered_axes(given.need, given.entry, given.source) == axes


@pytest.mark.parametrize(
    ("when", "known", "message"),
    [
        ({"seed": 0}, True, []),
        (
            {"net": "x"},
            True,
            ["n.when.net: `net` is an axis of `a`, not of this stage"],
        ),
        ({"net": "x"}, False, ["n.when.net: `net` is not an axis of this stage"]),
    ],
    ids=["own axis", "axis of the needed stage", "the needed stage is not known"],
)
def test_a_condition_is_on_an_axis_of_ones_own(when: dict[str, Any], known: bool, message: list[str]) -> None:
    problems, given = Problems(lambda _: ""), written({"when": when}, "seed")
    check_conditions(given.need, given.entry, given.source if known else None, given.keys, problems)

    assert told(problems) == message


@pytest.mark.parametrize(
    ("when", "search", "hint"),
    [
        ({"net": "x"}, None, "write `where: {net: x}`"),
        ({"net": ["x", "y"]}, None, "write `where: {net: x}`"),
        ({"lr": 1}, GRID, "write `where: {lr: 1}`"),
        ({"lr": 1}, SWEEP, "allowed: `seed`"),
    ],
    ids=["one", "several", "of a grid", "of a search"],
)
def test_a_condition_that_is_no_condition_is_answered_with_where(
    when: dict[str, Any], search: dict[str, Any] | None, hint: str
) -> None:
    problems, given = Problems(lambda _: ""), written({"when": when}, "seed", search=search)
    check_conditions(given.need, given.entry, given.source, given.keys, problems)

    assert [one.hint for one in problems.found] == [hint]


@pytest.mark.parametrize(
    ("need", "search", "message"),
    [
        ({"where": {"net": "x"}}, None, []),
        ({"where": {"net": "${from}"}}, None, []),
        ({"where": {"lr": 1}}, GRID, []),
        (
            {"where": {"ent": 1}},
            None,
            ["n.where.ent: `ent` is not an axis of stage `a`"],
        ),
        (
            {"where": {"net": "${form}"}},
            None,
            ["n.where.net: `${form}` is not an axis of this stage"],
        ),
        (
            {"where": {"lr": 1}},
            SWEEP,
            ["n.where.lr: `lr` is chosen by the search of `a`, trial by trial"],
        ),
        (
            {"where": {"seed": 1}, "all": ["seed"]},
            None,
            ["n.where.seed: `seed` has one value here, and `all` is over all of its values"],
        ),
    ],
    ids=["value", "own axis", "grid", "no axis", "no own axis", "searched", "gathered too"],
)
def test_where_names_axes_of_the_needed_stage(
    need: dict[str, Any], search: dict[str, Any] | None, message: list[str]
) -> None:
    problems = Problems(lambda _: "")
    check_where(written(need, "from", search=search), None, problems)

    assert told(problems) == message


def test_where_and_a_mean_over_the_same_axis_are_told() -> None:
    problems = Problems(lambda _: "")
    check_where(written({"where": {"seed": 0}}), Best(minimize="loss", mean=["seed"]), problems)

    assert [one.message for one in problems.found] == [
        "`seed` has one value here, and `mean` is over all of its values"
    ]


@pytest.mark.parametrize(
    ("need", "search", "message"),
    [
        ({"all": ["seed"]}, None, []),
        ({"all": ["seed", "lr"]}, SWEEP, []),
        ({"all": ["seed"]}, GRID, []),
        ({"all": ["sede"]}, None, ["n.all[0]: `sede` is not an axis of stage `a`"]),
        (
            {"all": ["seed"]},
            SWEEP,
            ["n.all: `a` is a search with many trials, which differ in `lr`"],
        ),
        (
            {"all": True, "best": "loss"},
            None,
            ["n.all: `all` takes every trial and `best` one of them"],
        ),
        (
            {"require": 2},
            None,
            ["n.require: `require` counts the trials of `all`, and there is no `all`"],
        ),
    ],
    ids=["axis", "searched too", "grid", "no axis", "searched", "best", "require alone"],
)
def test_an_all_that_cannot_be_is_told(
    need: dict[str, Any], search: dict[str, Any] | None, message: list[str]
) -> None:
    problems = Problems(lambda _: "")
    check_all(written(need, search=search), problems)

    assert told(problems) == message


def test_the_datasets_are_one_folder() -> None:
    problems = Problems(lambda _: "")
    check_all(written({"all": True}, name="data"), problems)

    assert [one.hint for one in problems.found] == ["give the need another name"]
