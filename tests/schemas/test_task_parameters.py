"""What may stand under `params`, by the model of a task or the words of a command."""

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator

from orchestrator.schemas.task_parameters import parameters_of_command, parameters_of_task
from orchestrator.schemas.walk import Schema
from orchestrator.study.command import Command
from tests.schemas.valid import wrong


class Optimizer(BaseModel):
    """A part of the parameters."""

    lr: float = 0.1


class Params(BaseModel):
    """The parameters of a task."""

    epochs: int = Field(ge=1)
    """How often it sees everything."""
    kind: Literal["sgd", "adam"] = "sgd"
    optimizer: Optimizer = Optimizer()
    widths: list[int] = []
    gpus: str | list[int] = "all"

    @field_validator("gpus", mode="before")
    @classmethod
    def _numbered(cls, given: object) -> object:
        return [given] if isinstance(given, int) else given


class Open(BaseModel):
    """Parameters that may be any."""

    model_config = ConfigDict(extra="allow")


class Odd(BaseModel):
    """Parameters that no file can hold."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    held: memoryview


def schema_of(model: type[BaseModel]) -> Schema:
    params, parts = parameters_of_task(model)
    return {**params, "$defs": parts}


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("epochs: 3\nkind: adam\n", []),
        ("kind: adam\n", []),  # an axis may give the epochs
        ("epochs: 0\n", ["epochs"]),
        ("kind: adamw\n", ["kind"]),
        ("epocs: 3\n", [""]),
        ("epochs: ${epochs}\nwidths: [1, '${width}']\noptimizer: {lr: '${lr}'}\n", []),
        ("optimizer: ${optimizer}\n", []),
        ("widths: [a]\n", ["widths.0"]),
        ("optimizer: {lr: fast}\n", ["optimizer.lr"]),
        ("gpus: 3\n", []),  # a validator makes a list of it
    ],
)
def test_parameters_are_those_of_the_model(text: str, places: list[str]) -> None:
    assert wrong(schema_of(Params), text) == places


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("epochs", "How often it sees everything."),
        ("kind", f'A parameter of `{__name__}`. Left out: `"sgd"`.'),
    ],
)
def test_a_parameter_is_explained(parameter: str, text: str) -> None:
    (whole,) = [part for name, part in schema_of(Params)["$defs"].items() if name.endswith(".Params")]

    assert whole["properties"][parameter]["description"] == text


def test_a_model_that_takes_any_key_takes_any_key() -> None:
    assert not wrong(schema_of(Open), "what: ever\n")


def test_a_type_that_no_file_can_hold_is_told() -> None:
    with pytest.raises(ValueError, match="memoryview"):
        parameters_of_task(Odd)


def test_a_command_offers_what_its_words_refer_to() -> None:
    command = Command(words=("python", "${lr}", "${checkpoint}", "${need.data}"), environment={"A": "${n}"})

    assert list(parameters_of_command(command)["properties"]) == ["lr", "n"]
