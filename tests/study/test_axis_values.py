import itertools
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from orchestrator.study.axis_values import AxisValues, Records, is_records

READ: TypeAdapter[list[Any]] = TypeAdapter(AxisValues)
WHOLE = st.integers(-(10**6), 10**6)
SHORT = st.decimals(-1000, 1000, allow_nan=False, places=3).map(float)


@pytest.mark.parametrize(
    ("given_", "values"),
    [
        ({"from": 0.1, "to": 1, "num": 10}, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ({"from": 0, "to": 1, "step": 0.1}, [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
        ({"from": 1e-5, "to": 1e-1, "num": 5, "log": True}, [1e-5, 1e-4, 1e-3, 1e-2, 1e-1]),
        ({"from": 1, "to": 1000, "num": 4, "log": True}, [1, 10, 100, 1000]),
        ({"from": 0, "to": 10, "step": 2}, [0, 2, 4, 6, 8, 10]),
        ({"from": 0, "to": 10, "step": 4}, [0, 4, 8]),
        ({"from": 10, "to": 0, "step": -5}, [10, 5, 0]),
        ({"from": 0, "to": 1, "num": 4}, [0.0, 0.333333333333, 0.666666666667, 1.0]),
        ({"from": 0, "to": 10, "num": 3}, [0, 5, 10]),
        ({"from": 1e-300, "to": 1e300, "num": 3, "log": True}, [1e-300, 1.0, 1e300]),
        ({"from": 0.123456789012345, "to": 0.5, "num": 2}, [0.123456789012345, 0.5]),
    ],
    ids=str,
)
def test_numbers_between_two_ends(given_: dict[str, Any], values: list[float]) -> None:
    found = READ.validate_python(given_)

    assert [repr(value) for value in found] == [repr(value) for value in values]


@given(SHORT | WHOLE, SHORT | WHOLE, st.integers(2, 50))
def test_so_many_numbers_are_as_many_and_both_ends(first: float, last: float, num: int) -> None:
    if first != last:
        found = READ.validate_python({"from": first, "to": last, "num": num})

        assert (len(found), found[0], found[-1]) == (num, first, last)


@given(WHOLE, st.integers(1, 1000), st.integers(1, 200))
def test_whole_steps_give_whole_numbers_as_range_does(first: int, step: int, length: int) -> None:
    found = READ.validate_python({"from": first, "to": first + length, "step": step})

    assert found == list(range(first, first + length + 1, step))
    assert {type(value) for value in found} == {int}


@given(st.integers(1, 10**6), st.integers(1, 99))
def test_a_step_that_hits_the_end_includes_it(thousandths: int, steps: int) -> None:
    step = thousandths / 1000
    found = READ.validate_python({"from": 0, "to": thousandths * steps / 1000, "step": step})

    assert (len(found), found[-1]) == (steps + 1, thousandths * steps / 1000)


@given(st.floats(1e-9, 1e9), st.floats(1e-9, 1e9), st.integers(2, 40))
def test_numbers_even_on_a_log_scale_have_equal_ratios(first: float, last: float, num: int) -> None:
    if not math.isclose(first, last, rel_tol=1e-3):
        found = READ.validate_python({"from": first, "to": last, "num": num, "log": True})
        ratios = [after / before for before, after in itertools.pairwise(found)]

        assert all(math.isclose(ratio, ratios[0], rel_tol=1e-9) for ratio in ratios)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"from": 0, "to": 1}, "give exactly one of `num: HOW_MANY` and `step: HOW_FAR_APART`"),
        ({"from": 0, "to": 1, "num": 2, "step": 1}, "give exactly one of"),
        ({"from": 1, "to": 1, "num": 2}, r"`from` and `to` are both 1: write `\[1\]`"),
        ({"from": 0, "to": 1, "num": 1}, "`num` is from 2 to 100,000, not 1"),
        ({"from": 0, "to": 1, "num": 100_001}, "`num` is from 2 to 100,000, not 100001"),
        ({"from": 0, "to": 1, "step": 0}, "a step of 0 does not lead from 0 to 1"),
        ({"from": 0, "to": 1, "step": -1}, "a step of -1 does not lead from 0 to 1"),
        ({"from": 0, "to": 1, "step": 1e-9}, "there are 1,000,000,001 steps of 1e-09"),
        ({"from": 0, "to": 1, "num": 3, "log": True}, "a log scale needs numbers above 0, not 0"),
        ({"from": 1, "to": 2, "step": 1, "log": True}, "have no step: give `num`"),
        ({"from": 0, "to": math.inf, "num": 3}, "`to` must be a number between"),
        ({"from": True, "to": 2, "num": 3}, "valid number"),
        ({"from": 0, "too": 1}, "too"),
        ({"low": 0, "high": 1}, "`low` and `high` are of searches: write `{from: 1, to: 9, num: 5}` here"),
        ({}, "at least 1"),
        ([], "at least 1"),
    ],
    ids=str,
)
def test_numbers_that_cannot_be_listed_are_refused(given_: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        READ.validate_python(given_)


def test_records_are_read_as_their_names() -> None:
    records = {"small": {"width": 64, "opt": {"lr": 0.1}}, "base": {}}
    found = READ.validate_python(records)

    assert found == ["small", "base"]
    assert isinstance(found, Records)
    assert found.records == records


@pytest.mark.parametrize(
    ("given_", "named"),
    [
        ({"from": {"a": 1}, "to": {}}, True),
        ({"small": {"a": 1}, "step": 3}, True),
        ({"a": 1}, True),
        ({"from": 1}, False),
        ([{"a": 1}], False),
        (None, False),
    ],
    ids=str,
)
def test_what_is_meant_as_records(given_: object, named: bool) -> None:
    assert is_records(given_) is named


def test_lists_mappings_and_null_are_values() -> None:
    values = [[64, 64], {"name": "sgd", "lr": 0.1}, None, True, 1, "a"]

    assert [repr(value) for value in READ.validate_python(values)] == [repr(value) for value in values]
