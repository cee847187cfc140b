"""Dataclasses and TypedDicts as parameters: checked like pydantic models, handed over as what they are."""

from __future__ import annotations

import math
import random
from dataclasses import FrozenInstanceError, InitVar, dataclass, field
from typing import Annotated, Any, ClassVar, NotRequired, TypedDict

import pydantic
import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from typing_extensions import TypedDict as OtherTypedDict

from orchestrator.study.parameter_forms import model_of
from orchestrator.study.parameters import check, handed, unsteady
from tests.study.described import Described


@dataclass(frozen=True, slots=True)
class Opt:
    lr: float = 0.1
    layers: list[int] = field(default_factory=lambda: [8])


@dataclass(kw_only=True)
class Train:
    rate: Annotated[float, Field(gt=0)] = 0.5
    width: float = Field(1, exclude_if=lambda width: width == 1)
    opt: Opt = Opt()
    net: str
    kind: ClassVar[str] = "toy"
    area: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.area = self.rate**2


@pydantic.dataclasses.dataclass(config=ConfigDict(extra="forbid"))
class Checked:
    size: int = 2

    @field_validator("size")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise ValueError(f"{value} is odd")
        return value


class Inner(TypedDict):
    momentum: float


class Typed(TypedDict):
    lr: Annotated[float, Field(gt=0)]
    inner: Inner
    many: NotRequired[list[Inner]]


class Loose(OtherTypedDict, total=False):
    lr: float


def described(form: type) -> Described:
    model = model_of(form)
    assert model is not None
    return Described(model)


def told(form: type, **given: Any) -> list[str]:
    return [f"{mistake.keys}: {mistake.message}" for mistake in check(described(form), given)[1]]


TYPED = {"lr": "1", "inner": {"momentum": 1}}


@pytest.mark.parametrize(
    ("form", "given", "values"),
    [
        (Train, {"net": "a"}, {"rate": 0.5, "opt": {"lr": 0.1, "layers": [8]}, "net": "a"}),
        (
            Train,
            {"net": "a", "width": 2, "opt": {"lr": "3"}},
            {"rate": 0.5, "width": 2.0, "opt": {"lr": 3.0, "layers": [8]}, "net": "a"},
        ),
        (Checked, {"size": "4"}, {"size": 4}),
        (Typed, TYPED, {"lr": 1.0, "inner": {"momentum": 1.0}}),
        (
            Typed,
            {**TYPED, "many": [{"momentum": 2}]},
            {"lr": 1.0, "inner": {"momentum": 1.0}, "many": [{"momentum": 2.0}]},
        ),
        (Loose, {}, {}),
    ],
)
def test_parameters_are_filled_in_as_json_values(form: type, given: Any, values: Any) -> None:
    assert check(described(form), given) == (values, [])


@pytest.mark.parametrize(
    ("form", "given", "object_"),
    [
        (Opt, {"lr": 3}, Opt(3.0)),
        (Train, {"net": "a", "width": 2}, Train(net="a", width=2.0)),
        (Checked, {}, Checked()),
        (Typed, TYPED, {"lr": 1.0, "inner": {"momentum": 1.0}}),
        (Loose, {}, {}),
    ],
)
def test_a_task_is_handed_what_it_is_annotated_with(form: type, given: Any, object_: Any) -> None:
    found = handed(described(form), given)

    assert (type(found), found) == (type(object_), object_)


def test_a_part_is_what_it_is_annotated_with() -> None:
    assert isinstance(handed(described(Train), {"net": "a", "opt": {"lr": 2}}).opt, Opt)


def test_a_frozen_dataclass_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        handed(described(Opt), {}).lr = 3


def test_a_pydantic_model_is_its_own() -> None:
    class Params(BaseModel):
        lr: float = 0.1

    assert model_of(Params) is Params
    assert type(handed(Described(Params), {})) is Params


@pytest.mark.parametrize("form", [int, dict, dict[str, int], Any, math, None, "Params"])
def test_what_is_no_form_of_parameters_has_no_model(form: Any) -> None:
    assert model_of(form) is None


@pytest.mark.parametrize(
    ("form", "names"),
    [(Train, ["rate", "width", "opt", "net"]), (Checked, ["size"]), (Typed, ["lr", "inner", "many"])],
)
def test_a_form_has_the_names_of_its_parameters(form: type, names: list[str]) -> None:
    assert list(described(form).model.model_fields) == names


@pytest.mark.parametrize(
    ("form", "needed"), [(Train, {"net"}), (Checked, set()), (Typed, {"lr", "inner"}), (Loose, set())]
)
def test_what_has_no_default_has_to_be_given(form: type, needed: set[str]) -> None:
    fields = described(form).model.model_fields

    assert {name for name in fields if fields[name].is_required()} == needed


@pytest.mark.parametrize(
    ("form", "given", "message"),
    [
        (Train, {}, "('net',): `net` is missing"),
        (Train, {"net": "a", "rate": 0}, "('rate',): `0` must be more than 0"),
        (Train, {"net": "a", "rate": "x"}, "('rate',): `x` is text, but must be a number"),
        (Train, {"net": "a", "opt": 3}, "('opt',): `3` is a number, but must be a mapping (`key: value`)"),
        (Train, {"net": "a", "opt": {"lr": "x"}}, "('opt', 'lr'): `x` is text, but must be a number"),
        (Train, {"net": "a", "opt": {"lrr": 1}}, "('opt', 'lrr'): unknown key `lrr`"),
        (Checked, {"size": 3}, "('size',): 3 is odd"),
        (Typed, {"lr": 1}, "('inner',): `inner` is missing"),
        (Typed, {**TYPED, "lr": 0}, "('lr',): `0` must be more than 0"),
        (Typed, {**TYPED, "inner": {"momentum": 1, "mometum": 1}}, "('inner', 'mometum'): unknown key"),
    ],
)
def test_what_a_form_refuses_is_told(form: type, given: Any, message: str) -> None:
    (found,) = told(form, **given)

    assert found.startswith(message)


@dataclass
class Outer:
    checked: Checked = field(default_factory=Checked)


def test_an_unknown_key_that_a_part_refuses_is_told_with_the_nearest() -> None:
    (mistake,) = check(described(Outer), {"checked": {"sze": 2}})[1]

    assert (mistake.message, mistake.hint) == ("unknown key `sze`", "did you mean `size`?")


@dataclass
class Percent:
    lr: float = 50

    def __post_init__(self) -> None:
        self.lr /= 100


@dataclass
class Hidden:
    token: SecretStr = field(default_factory=lambda: SecretStr("x"))


@dataclass
class Unordered:
    names: set[str] = field(default_factory=lambda: {"a", "b"})


@dataclass
class Broken:
    lr: float = 1

    def __post_init__(self) -> None:
        raise KeyError(self.lr)


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Percent, "('lr',): it is 0.5 when it is first read, and 0.005 when read again"),
        (Hidden, "('token',): it is a secret"),
        (Unordered, "('names',): it is a set, whose order changes"),
        (Broken, "(): a validator of `Broken` fails: KeyError: 1"),
    ],
)
def test_what_a_form_does_not_keep_is_told(form: type, message: str) -> None:
    (found,) = told(form)

    assert found.startswith(message)


def test_a_default_that_is_another_each_time_is_told() -> None:
    @dataclass
    class Changing:
        lr: float = field(default_factory=random.random)

    (mistake,) = unsteady(described(Changing), {})

    assert mistake.keys == ("lr",)


@dataclass
class Named:
    copy: int = 1
    schema: str = "a"
    adapter: str = "lora"
    model_name: str = "big"


@pytest.mark.filterwarnings("error")
def test_names_that_models_have_themselves_are_names_like_others() -> None:
    assert handed(described(Named), {"copy": "2", "adapter": "b"}) == Named(2, "a", "b")


class Plain:
    pass


@dataclass
class Odd:
    plain: Plain


@dataclass
class Outside:
    typed: Inner


@dataclass
class Scaled:
    lr: float = 1
    factor: InitVar[float] = 2


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (Odd, "Plain"),
        (Outside, "typing_extensions.TypedDict"),
        (Scaled, "`factor` is an InitVar, which is not kept"),
    ],
)
def test_what_no_model_can_be_made_of_is_told(form: type, message: str) -> None:
    with pytest.raises(TypeError, match=f"`{form.__name__}`.*{message}"):
        model_of(form)
