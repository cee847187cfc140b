from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag, ValidationError

from orchestrator.messages.problems import Keys, dotted
from orchestrator.messages.wording import Mistake, fields_at, mistakes


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    low: float = 0
    name: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    lr: float = Field(0.1, gt=0, le=10)
    epochs: int = 1
    net: Literal["small", "big"] = "small"
    layers: list[int] = Field(default=[1], min_length=1)
    space: dict[str, list[float] | Inner] = {}
    either: bool | int | float | str = 0
    inner: Inner | None = None


class Needed(BaseModel):
    task: str


def found(model: type[BaseModel], also: tuple[str, ...] = (), **given: Any) -> list[Mistake]:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    return mistakes(caught.value, given, model, also)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        ({"lr": "x"}, "lr: `x` is text, but must be a number", None),
        ({"lr": None}, "lr: `null` is empty, but must be a number", None),
        ({"lr": -1}, "lr: `-1` must be more than 0", None),
        ({"lr": 11}, "lr: `11` must be at most 10", None),
        ({"epochs": 1.5}, "epochs: `1.5` is a number, but must be a whole number", None),
        ({"net": "bigg"}, "net: `bigg` is not allowed here", "did you mean `big`?"),
        ({"layers": 3}, "layers: `3` is a number, but must be a list", "write `[3]`"),
        ({"layers": [1, "x"]}, "layers[1]: `x` is text, but must be a whole number", None),
        ({"layers": []}, "layers: `[]` is empty", "give at least one value"),
        ({"epohs": 2}, "epohs: unknown key `epohs`", "did you mean `epochs`?"),
        ({"space": {"lr": {"lw": 1}}}, "space.lr.lw: unknown key `lw`", "did you mean `low`?"),
        (
            {"space": {"lr": 3}},
            "space.lr: `3` is a number, but must be a list or a mapping (`key: value`)",
            None,
        ),
        ({"inner": {"name": "a\nb"}}, "inner.name: `a\nb` does not have the form", "write it in one line"),
    ],
    ids=str,
)
def test_a_mistake_is_told_in_plain_words(given: dict[str, Any], message: str, hint: str | None) -> None:
    (mistake,) = found(Outer, **given)

    assert f"{dotted(mistake.keys)}: {mistake.message}".startswith(message)
    assert mistake.hint == hint


def test_what_is_missing_is_to_be_added() -> None:
    assert found(Needed) == [Mistake(keys=("task",), message="`task` is missing", hint="add `task: ...`")]


def test_every_wrong_part_is_told() -> None:
    assert [mistake.keys for mistake in found(Outer, lr="x", epochs="y")] == [("lr",), ("epochs",)]


def test_of_several_forms_only_the_one_that_was_meant_is_spoken_of() -> None:
    assert [mistake.keys for mistake in found(Outer, space={"lr": [0.1, "x"]})] == [("space", "lr", 1)]


def test_keys_from_elsewhere_may_be_meant_at_the_top() -> None:
    assert [mistake.hint for mistake in found(Outer, ("extends",), extend="a")] == ["did you mean `extends`?"]


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ((), list(Outer.model_fields)),
        (("inner",), ["low", "name"]),
        (("space", "lr"), ["low", "name"]),
        (("lr",), []),
        (("nothing", "here"), []),
    ],
    ids=str,
)
def test_the_keys_of_a_part_are_known(keys: Keys, names: list[str]) -> None:
    assert fields_at(Outer, keys) == names


@dataclass
class Part:
    inner: Outer
    many: "list[Unknown]"  # type: ignore[name-defined]  # noqa: F821


@dataclass
class Known:
    inner: Outer


@pytest.mark.parametrize(
    ("declared", "keys", "names"),
    [
        (Known, (), ["inner"]),
        (Known, ("inner", "inner"), ["low", "name"]),
        (Part, (), ["inner", "many"]),
        (Part, ("inner",), []),
    ],
)
def test_the_keys_of_a_dataclass_are_known(declared: type, keys: Keys, names: list[str]) -> None:
    assert fields_at(declared, keys) == names


class Curved(BaseModel):
    model_config = ConfigDict(extra="forbid")

    series: str = ""


class Barred(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    columns: str = ""


Drawn = Annotated[
    Annotated[Curved, Tag("curves")] | Annotated[Barred, Tag("bars")],
    Discriminator(lambda given: given.get("kind", "curves")),
]


class Drawing(BaseModel):
    figures: list[Drawn]


def test_a_key_is_looked_for_in_the_kind_that_was_meant() -> None:
    given = {"figures": [{"kind": "bars", "column": "lr"}]}
    with pytest.raises(ValidationError) as error:
        Drawing.model_validate(given)

    assert [one.hint for one in mistakes(error.value, given, Drawing)] == ["did you mean `columns`?"]
