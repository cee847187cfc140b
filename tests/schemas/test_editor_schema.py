"""A model as a schema that helps."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from orchestrator.schemas.editor_schema import docstrings, editor_schema


class Outer(BaseModel):
    """What it is."""

    first: int = Field(1, alias="from")
    """The first
    of all."""
    kind: Literal["a", "b"] | None = None
    number: int | float = 0
    names: dict[Annotated[str, Field(pattern="^a")], int] = Field(default_factory=dict)
    read: Annotated[int, BeforeValidator(int)] = 1


class Inner(Outer):
    """One with a key more."""

    more: bool = False
    """A key more."""


def test_what_stands_below_a_field_is_found_in_bases_too() -> None:
    assert docstrings(Inner) == {"first": "The first of all.", "more": "A key more."}


def test_a_key_has_its_alias_and_its_explanation() -> None:
    assert editor_schema(Outer)["properties"]["from"] == {
        "default": 1,
        "description": "The first of all.",
        "type": "integer",
    }


def test_where_null_is_the_default_nothing_is_proposed() -> None:
    assert "default" not in editor_schema(Outer)["properties"]["kind"]


def test_every_number_is_a_number() -> None:
    assert editor_schema(Outer)["properties"]["number"] == {"default": 0, "type": "number"}


def test_a_key_of_another_form_is_an_error() -> None:
    names = editor_schema(Outer)["properties"]["names"]

    assert names["propertyNames"] == {"pattern": "^a"}
    assert names["additionalProperties"] == {"type": "integer"}


def test_what_a_validator_reads_first_may_be_anything_where_others_wrote_it() -> None:
    assert editor_schema(Outer, lenient=True)["properties"]["read"] == {"default": 1}
    assert editor_schema(Outer)["properties"]["read"]["type"] == "integer"
