import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.problems import Problems
from orchestrator.study.axis_values import Value
from orchestrator.study.matrix import check_axes, points, referred, substituted
from orchestrator.study.study_file import StageEntry

SCALARS = st.integers() | st.text(max_size=3) | st.booleans()
AXES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(SCALARS, min_size=1, max_size=3, unique_by=repr), min_size=1
)
LETTERS: dict[str, Sequence[Value]] = {"a": [1, 2], "b": ["x", "y", "z"], "c": [True, False], "d": [3, 4]}


def expanded(axes: dict[str, Sequence[Value]], **entry: Any) -> list[dict[str, Value]]:
    """Return the points of a stage that has nothing wrong."""
    problems = Problems(lambda _: "")
    found = points(StageEntry(task="t", **{"over": list(axes), **entry}), axes, ("stages", "s"), problems)
    assert not problems.found
    return found


def told(**entry: Any) -> str:
    """Return the one thing wrong with a stage."""
    problems = Problems(lambda _: "f:1")
    points(StageEntry(task="t", **entry), LETTERS, ("stages", "s"), problems)
    (problem,) = problems.found
    return f"{problem.path}: {problem.message} | {problem.hint}"


@given(AXES)
def test_a_stage_has_the_product_of_its_axes(axes: dict[str, Sequence[Value]]) -> None:
    assert len(expanded(axes)) == math.prod(map(len, axes.values()))


@given(AXES)
def test_no_two_points_are_the_same(axes: dict[str, Sequence[Value]]) -> None:
    found = [repr(point) for point in expanded(axes)]

    assert len(set(found)) == len(found)


@given(AXES)
def test_the_order_of_axes_does_not_change_the_set_of_points(axes: dict[str, Sequence[Value]]) -> None:
    turned = expanded(dict(reversed(axes.items())))

    assert {repr(sorted(point.items())) for point in turned} == {
        repr(sorted(point.items())) for point in expanded(axes)
    }


def test_the_last_axis_changes_fastest() -> None:
    assert expanded({"a": [1, 2], "b": [3, 4]}) == [
        {"a": 1, "b": 3},
        {"a": 1, "b": 4},
        {"a": 2, "b": 3},
        {"a": 2, "b": 4},
    ]


def test_a_stage_over_nothing_has_one_point() -> None:
    assert expanded({}) == [{}]


def test_zipped_axes_go_together() -> None:
    found = expanded(LETTERS, over=["a", "b", "c"], zip=[["a", "c"]])

    assert {(point["a"], point["c"]) for point in found} == {(1, True), (2, False)}
    assert len(found) == 6


@given(st.integers(1, 4))
def test_zipping_all_axes_leaves_as_many_points_as_values(count: int) -> None:
    axes = {name: list(range(count)) for name in "abc"}

    assert len(expanded(axes, zip=[["a", "b", "c"]])) == count


@pytest.mark.parametrize(
    ("cut", "left"),
    [({"a": 1}, 6), ({"a": 1, "b": "x"}, 10), ({"b": ["x", "y"]}, 4), ({"a": 2, "c": True}, 9)],
)
def test_exclude_cuts_all_points_that_match(cut: dict[str, Any], left: int) -> None:
    assert len(expanded(LETTERS, over=["a", "b", "c"], exclude=[cut])) == left


def test_true_is_not_one() -> None:
    assert expanded({"a": [1, True]}, exclude=[{"a": True}]) == [{"a": 1}]


def test_include_adds_a_point_with_values_of_its_own() -> None:
    assert expanded({"a": [1]}, include=[{"a": 7}]) == [{"a": 1}, {"a": 7}]


def test_include_takes_axes_it_does_not_name_with_all_their_values() -> None:
    added = expanded({"a": [1], "d": [3, 4]}, include=[{"a": 7}])[2:]

    assert added == [{"a": 7, "d": 3}, {"a": 7, "d": 4}]


def test_excluded_points_may_be_added_again() -> None:
    assert expanded({"a": [1, 2]}, exclude=[{"a": 1}], include=[{"a": 1}]) == [{"a": 2}, {"a": 1}]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            {"over": ["a"], "exclude": [{"b": "x"}]},
            "stages.s.exclude[0].b: `b` is not an axis of this stage | allowed: `a`",
        ),
        (
            {"over": ["c"], "exclude": [{"c": [True, False]}]},
            "stages.s: the stage has no point: `exclude` cuts all of them | cut fewer points",
        ),
        (
            {"over": ["a"], "include": [{"b": "x"}]},
            "stages.s.include[0].b: `b` is not an axis of this stage | allowed: `a`",
        ),
        (
            {"over": ["a", "b"], "zip": [["a", "b"]]},
            "stages.s.zip[0]: zipped axes differ in length: `a` has 2, `b` has 3 | make them equal",
        ),
        (
            {"over": ["a"], "zip": [["a", "d"]]},
            "stages.s.zip[0]: `d` is not an axis of this stage | allowed: `a`",
        ),
        (
            {"over": ["a", "c", "d"], "zip": [["a", "c"], ["c", "d"]]},
            "stages.s.zip[1]: an axis is zipped twice | name each axis in one group only",
        ),
    ],
)
def test_wrong_conditions_are_told(entry: dict[str, Any], message: str) -> None:
    assert told(**entry) == message


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("${hair}", True),
        ("${seed}", 3),
        ("fold ${seed} of ${net}", "fold 3 of vgg"),
        ("with ${hair}", "with true"),
        (["${net}", {"deep": "${seed}"}], ["vgg", {"deep": 3}]),
        ("${other}", "${other}"),
        ("$net", "$net"),
        (5, 5),
    ],
)
def test_references_to_axes(value: object, result: object) -> None:
    assert substituted(value, {"hair": True, "seed": 3, "net": "vgg"}) == result


def test_references_are_found_at_any_depth() -> None:
    assert referred({"a": ["${x}", {"b": "${y}-${z}"}], "c": 1}) == {"x", "y", "z"}


@pytest.mark.parametrize("seed", [-1, 1.5, True, "one"])
def test_a_seed_is_a_whole_number(seed: Value) -> None:
    problems = Problems(lambda _: "")
    check_axes({"seed": [seed]}, ("axes",), problems)

    assert "is not a whole number" in problems.found[0].message
