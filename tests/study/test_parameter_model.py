"""What a task's model may not do with its parameters: they mean what is written."""

from __future__ import annotations

import datetime
import decimal
import enum
import math
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Json,
    SecretStr,
    computed_field,
    field_serializer,
    field_validator,
)

from orchestrator.study.parameters import check
from tests.study.described import Described, params, told


class Percent(BaseModel):
    lr: float = 0.5

    @field_validator("lr")
    @classmethod
    def _share(cls, value: float) -> float:
        return value / 100


def test_a_validator_that_changes_its_own_result_is_told() -> None:
    assert told(Percent, lr=50) == ["('lr',): it is 0.5 when it is first read, and 0.005 when read again"]


def test_a_validator_that_changes_its_own_result_inside_a_part_is_told() -> None:
    class Outer(BaseModel):
        opt: Percent = Percent()

    assert told(Outer, opt={"lr": 50})[0].startswith("('opt', 'lr'): it is 0.5 when")


def test_a_default_that_validators_change_is_told() -> None:
    assert told(Percent)[0].startswith("('lr',): it is 0.5 when")


def test_what_is_refused_when_read_again_is_told() -> None:
    class Labelled(BaseModel):
        size: int = 3

        @field_serializer("size")
        def _with_unit(self, value: int) -> str:
            return f"{value} px"

    assert told(Labelled)[0].startswith("('size',): it is \"3 px\" when it is first read, and refused when")


def test_a_part_given_as_json_text_stays_text() -> None:
    class Parsed(BaseModel):
        net: Json[Any]

    assert params(Parsed, net='{"a": 1}') == {"net": '{"a":1}'}


def test_values_that_are_tidied_up_are_fine() -> None:
    class Tidy(BaseModel):
        note: Annotated[str, AfterValidator(str.strip)]
        steps: int
        lr: float

    assert params(Tidy, note=" a ", steps="3", lr=1) == {"note": "a", "steps": 3, "lr": 1.0}


class Color(enum.Enum):
    RED = "red"


def test_types_that_survive_writing_are_fine() -> None:
    class Rich(BaseModel):
        raw: bytes = b"abc"
        price: decimal.Decimal = decimal.Decimal("0.10")
        day: datetime.datetime = datetime.datetime(2020, 1, 1)  # noqa: DTZ001
        path: Path = Path("a/b")
        color: Color = Color.RED
        sizes: tuple[int, ...] = (1, 2)

    assert params(Rich)["color"] == "red"


@pytest.mark.parametrize("value", [b"\xff", math.sin, object()])
def test_what_cannot_be_written_is_told(value: object) -> None:
    class Odd(BaseModel):
        lr: float = 0.1
        thing: Any = value

    assert told(Odd)[0].startswith("('thing',): it cannot be written to a file: ")


def test_everything_that_cannot_be_written_is_told_at_once() -> None:
    class Odd(BaseModel):
        names: set[str] = {"a", "b"}
        thing: Any = math.sin
        limit: float = math.inf

    assert {mistake.keys for mistake in check(Described(Odd), {})[1]} == {("names",), ("thing",), ("limit",)}


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_numbers_that_are_none_are_told(value: float) -> None:
    class Endless(BaseModel):
        limits: list[float] = [1.0, value]

    assert told(Endless) == [f"('limits', 1): `{value}` cannot be written to a file as a number"]


def test_a_set_is_told() -> None:
    class Unordered(BaseModel):
        classes: Any = frozenset({"hair", "cap"})

    assert told(Unordered) == ["('classes',): it is a set, whose order changes from one program to the next"]


def test_a_set_of_numbers_keeps_its_order() -> None:
    class Numbers(BaseModel):
        classes: frozenset[int] = frozenset({1, 2})

    assert params(Numbers) == {"classes": [1, 2]}


def test_a_secret_is_told() -> None:
    class Hidden(BaseModel):
        inner: dict[str, SecretStr] = {}

    assert told(Hidden, inner={"token": "x"})[0].startswith("('inner', 'token'): it is a secret")


def test_a_computed_field_is_no_parameter_where_unknown_names_are_refused() -> None:
    class Computed(BaseModel):
        model_config = ConfigDict(extra="forbid")
        size: int = 2

        @computed_field  # type: ignore[prop-decorator]
        @property
        def area(self) -> int:
            return self.size**2

    assert params(Computed) == {"size": 2}


def test_a_computed_field_names_trials_as_before_where_it_did_no_harm() -> None:
    class Computed(BaseModel):
        size: int = 2

        @computed_field  # type: ignore[prop-decorator]
        @property
        def area(self) -> int:
            return self.size**2

    assert params(Computed) == {"size": 2, "area": 4}


def test_what_is_left_out_and_comes_back_as_the_default_is_fine() -> None:
    class Narrow(BaseModel):
        width: float = Field(default=1, exclude_if=lambda width: width == 1)

    assert (params(Narrow, width=1), params(Narrow, width=0.5)) == ({}, {"width": 0.5})


def test_what_is_left_out_and_lost_is_told() -> None:
    class Lost(BaseModel):
        width: float = Field(default=1, exclude=True)

    assert told(Lost, width=3) == ["('width',): it is 3.0 when it is first read, and 1 when read again"]


def test_a_list_that_is_left_out_and_lost_is_told() -> None:
    class Lost(BaseModel):
        layers: list[int] = Field(default=[1], exclude=True)

    assert told(Lost, layers=[2]) == ["('layers',): it is [2] when it is first read, and [1] when read again"]


def test_a_default_of_a_looser_type_is_fine() -> None:
    class Loose(BaseModel):
        one: Path = "a"  # type: ignore[assignment]
        many: list[Path] = ["a"]  # type: ignore[list-item]

    assert params(Loose) == {"one": "a", "many": ["a"]}


def test_what_is_written_as_something_else_is_told() -> None:
    class Shortened(BaseModel):
        weights: Path

        @field_serializer("weights")
        def _name(self, value: Path) -> str:
            return value.name

    assert told(Shortened, weights="a/b.pth") == [
        "('weights',): it is a/b.pth when it is first read, and b.pth when read again"
    ]


def test_a_validator_that_breaks_is_told() -> None:
    class Broken(BaseModel):
        lr: float = 1.0

        @field_validator("lr")
        @classmethod
        def _looked_up(cls, value: float) -> float:
            return {1.0: 2.0}[value]

    assert told(Broken, lr=3) == ["(): a validator of `Broken` fails: KeyError: 3.0"]
