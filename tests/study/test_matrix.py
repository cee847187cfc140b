import copy
import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.messages.problems import Problems
from orchestrator.study.axis_values import Value
from orchestrator.study.matrix import check_axes, comparable, distinct, points, referred, substituted
from orchestrator.study.study_file import StageEntry
from orchestrator.study.trial import canonical

SCALARS = st.integers() | st.text(max_size=3) | st.booleans()
AXES = st.dictionaries(
    st.sampled_from("abcd"), st.lists(SCALARS, min_size=1, max_size=3, unique_by=repr), min_size=1
)
LETTERS: dict[str, Sequence[Value]] = {"a": [1, 2], "b": ["x", "y", "z"], "c": [True, False], "d": [3, 4]}
SPECIAL: dict[str, Sequence[Value]] = {"a": [1, 1], "e": [1, 1], "f": []}


def expanded(axes: dict[str, Sequence[Value]], **entry: Any) -> list[dict[str, Value]]:
    """Return the points of a stage that has nothing wrong."""
    problems = Problems(lambda _: "")
    found = points(StageEntry(task="t", **{"over": list(axes), **entry}), axes, ("stages", "s"), problems)
    assert not problems.found
    return found


def told(**entry: Any) -> str:
    """Return the one thing wrong with a stage."""
    problems = Problems(lambda _: "f:1")
    axes = {**LETTERS, **({} if "b" in entry["over"] else SPECIAL)}
    points(StageEntry(task="t", **entry), axes, ("stages", "s"), problems)
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


def test_include_adds_exactly_a_whole_point() -> None:
    assert expanded(LETTERS, over=["a", "b"], include=[{"a": 7, "b": None}])[-1] == {"a": 7, "b": None}
    assert len(expanded(LETTERS, over=["a", "b"], include=[{"a": 7, "b": None}])) == 7


def test_include_keeps_zipped_axes_together_that_it_does_not_name() -> None:
    found = expanded(LETTERS, over=["a", "c", "d"], zip=[["a", "c"]], include=[{"d": 9}])

    assert found[4:] == [{"a": 1, "c": True, "d": 9}, {"a": 2, "c": False, "d": 9}]


def test_an_axis_without_values_has_those_of_include_alone() -> None:
    found = expanded({"lr": [], "d": [3, 4]}, include=[{"lr": 1}, {"lr": 2, "d": 5}])

    assert found == [{"lr": 1, "d": 3}, {"lr": 1, "d": 4}, {"lr": 2, "d": 5}]


def test_without_over_the_points_are_those_of_include() -> None:
    entry = StageEntry.model_validate({"task": "t", "include": [{"a": 1, "x": 5}, {"x": 6, "a": 2}]})
    found = points(entry, {"a": [1, 2, 3], "x": []}, ("stages", "s"), Problems(lambda _: ""))

    assert (entry.over, found) == (["a", "x"], [{"a": 1, "x": 5}, {"a": 2, "x": 6}])


def test_zipped_values_may_repeat() -> None:
    axes: dict[str, Sequence[Value]] = {"set": ["x", "y", "z"], "classes": [10, 10, 100]}

    assert expanded(axes, zip=[["set", "classes"]]) == [
        {"set": "x", "classes": 10},
        {"set": "y", "classes": 10},
        {"set": "z", "classes": 100},
    ]


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ({"layers": [64, 64]}, [[128], None, {"a": 1}]),
        ({"layers": [[64, 64], [128]]}, [None, {"a": 1}, 64]),
        ({"layers": [64, None]}, [[64, 64], [128], {"a": 1}]),
        ({"layers": {"a": 1.0}}, [[64, 64], [128], None, 64]),
        ({"layers": None}, [[64, 64], [128], {"a": 1}, 64]),
    ],
    ids=str,
)
def test_a_list_is_wanted_as_a_whole_or_as_any_of_it(cut: dict[str, Any], left: list[Any]) -> None:
    axes: dict[str, Sequence[Value]] = {"layers": [[64, 64], [128], None, {"a": 1}, 64]}

    assert [point["layers"] for point in expanded(axes, exclude=[cut])] == left


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@given(JSON, JSON)
def test_values_are_the_same_where_their_json_is(one: Any, other: Any) -> None:
    assert (comparable(one) == comparable(other)) == (canonical(one) == canonical(other))


@given(JSON)
def test_any_value_can_be_a_key(value: Any) -> None:
    assert {comparable(value): 1}[comparable(copy.deepcopy(value))] == 1


@given(st.lists(JSON, max_size=6))
def test_distinct_values_are_each_once(values: list[Any]) -> None:
    assert sorted(map(canonical, distinct(values))) == sorted({canonical(value) for value in values})


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
        (
            {"over": ["a", "e"], "zip": [["a", "e"]]},
            "stages.s.zip[0]: zipped axes have the values {a: 1, e: 1} twice | remove one",
        ),
        (
            {"over": ["d", "f"], "include": [{"f": 1}, {"d": 3}]},
            (
                "stages.s.include[1]: the point has no value of axis `f`, which has none under `axes:` either"
                " | add `f: VALUE` to the point"
            ),
        ),
        (
            {"over": ["a", "b"], "sample": 7},
            (
                "stages.s.sample: 7 settings are to be drawn, and the stage has 6"
                " | leave `sample` out to train all of them"
            ),
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


@pytest.mark.parametrize(
    "values", [[1, 1], [1, 1.0], [None, None], [[1], [1.0]], [{"a": 1, "b": 2}, {"b": 2, "a": 1}]], ids=str
)
def test_a_value_given_twice_is_told_but_not_where_it_may_repeat(values: list[Value]) -> None:
    told_, silent = Problems(lambda _: ""), Problems(lambda _: "")
    check_axes({"a": values}, ("axes",), told_)
    check_axes({"a": values}, ("axes",), silent, {"a"})

    assert ([problem.path for problem in told_.found], silent.found) == (["axes.a[1]"], [])


def test_a_large_grid_may_be_drawn_from() -> None:
    axes: dict[str, Sequence[Value]] = {name: list(range(47)) for name in "abc"}

    assert len(expanded(axes, sample={"points": 5, "seed": 3})) == 5


@pytest.mark.parametrize("seed", [-1, 1.5, True, "one", None, [0]])
def test_a_seed_is_a_whole_number(seed: Value) -> None:
    problems = Problems(lambda _: "")
    check_axes({"seed": [seed]}, ("axes",), problems)

    assert "is not a whole number" in problems.found[0].message
