"""A task's parameters go by their names: aliases, unknown keys."""

from __future__ import annotations

from dataclasses import InitVar, dataclass
from typing import Annotated, Any

import pytest
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, model_validator
from typing_extensions import TypedDict

from orchestrator.study.parameters import check
from tests.study.described import Described, hint, params, told


def test_an_alias_is_told() -> None:
    class Aliased(BaseModel):
        lr: float = Field(default=0.1, alias="learning_rate")

    assert told(Aliased, lr=3) == ["('lr',): `Aliased` takes `lr` under its alias `learning_rate` alone"]


def test_an_alias_is_told_where_unknown_names_are_refused() -> None:
    class Aliased(BaseModel):
        model_config = ConfigDict(extra="forbid")
        lr: float = Field(validation_alias="learning_rate")

    assert "populate_by_name=True" in hint(Aliased, lr=3)


@pytest.mark.parametrize("config", [{"populate_by_name": True}, {"validate_by_name": True}])
def test_an_alias_beside_the_name_is_fine(config: Any) -> None:
    class Aliased(BaseModel):
        model_config = config
        lr: float = Field(default=0.1, alias="learning_rate")

    assert params(Aliased, lr=3) == {"lr": 3.0}


def test_an_alias_that_is_the_name_is_fine() -> None:
    class Aliased(BaseModel):
        lr: float = Field(default=0.1, validation_alias=AliasChoices("lr", "learning_rate"))

    assert params(Aliased, lr=3) == {"lr": 3.0}


def test_an_alias_that_is_written_is_told() -> None:
    class Aliased(BaseModel):
        model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)
        lr: float = Field(default=0.1, alias="learning_rate")

    assert told(Aliased, lr=3) == ["('lr',): `Aliased` writes `lr` under another name"]


class Opt(BaseModel):
    lr: float = 1.0
    name: str = Field(default="sgd", exclude_if=lambda name: name == "sgd")


@dataclass
class Loss:
    weight: float = 1.0


class Typed(TypedDict):
    momentum: float


class Parts(BaseModel):
    opt: Opt = Opt()
    many: list[Opt] = []
    by_name: dict[str, Opt] = {}
    either: int | Opt | None = None
    loss: Loss = Loss()
    typed: Typed = {"momentum": 0.9}
    counts: dict[int, float] = {}


@pytest.mark.parametrize(
    ("given", "keys", "near"),
    [
        ({"opt": {"lrr": 3}}, ("opt", "lrr"), "lr"),
        ({"many": [{"lr": 1}, {"lrr": 3}]}, ("many", 1, "lrr"), "lr"),
        ({"by_name": {"a": {"lrr": 3}}}, ("by_name", "a", "lrr"), "lr"),
        ({"either": {"lrr": 3}}, ("either", "lrr"), "lr"),
        ({"loss": {"wieght": 3}}, ("loss", "wieght"), "weight"),
        ({"typed": {"momentum": 0.5, "momentun": 0.5}}, ("typed", "momentun"), "momentum"),
    ],
)
def test_an_unknown_key_inside_a_part_is_told(given: Any, keys: tuple[str | int, ...], near: str) -> None:
    (mistake,) = check(Described(Parts), given)[1]

    assert (mistake.keys, mistake.message) == (keys, f"unknown key `{keys[-1]}`")
    assert mistake.hint == f"did you mean `{near}`?"


@pytest.mark.parametrize(
    "given", [{"opt": {"name": "sgd"}}, {"counts": {"1": 2}}, {"either": 3}, {"by_name": {"a": {"lr": 2}}}]
)
def test_known_keys_inside_a_part_are_fine(given: Any) -> None:
    assert told(Parts, **given) == []


def test_a_part_that_takes_any_key_is_fine() -> None:
    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    class Outer(BaseModel):
        opt: Open = Open()

    assert params(Outer, opt={"lr": 3}) == {"opt": {"lr": 3}}


def test_a_part_that_translates_its_keys_is_fine() -> None:
    class Old(BaseModel):
        lr: float = 1.0

        @model_validator(mode="before")
        @classmethod
        def _renamed(cls, data: Any) -> Any:
            return {"lr": data["rate"]} if "rate" in data else data

    class Outer(BaseModel):
        opt: Old = Old()

    assert params(Outer, opt={"rate": 3}) == {"opt": {"lr": 3.0}}


def _renamed(given: Any) -> Any:
    return {"lr": given["rate"]} if "rate" in given else given


@dataclass
class Scaled:
    factor: InitVar[float] = 1.0
    lr: float = 1.0

    def __post_init__(self, factor: float) -> None:
        self.lr *= factor


class Translated(BaseModel):
    many: list[Annotated[Opt, BeforeValidator(_renamed)]] = []
    root: RootModel[dict[str, Opt]] = RootModel({})
    scaled: Scaled | None = None


@pytest.mark.parametrize(
    "given", [{"many": [{"rate": 3}]}, {"root": {"a": {"lr": 3}}}, {"scaled": {"factor": 3}}]
)
def test_keys_that_are_made_something_of_are_fine(given: Any) -> None:
    assert [found for found in told(Translated, **given) if "unknown key" in found] == []


def test_an_unknown_key_below_a_root_is_told() -> None:
    assert told(Translated, root={"a": {"lrr": 3}}) == ["('root', 'a', 'lrr'): unknown key `lrr`"]
