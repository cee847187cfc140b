"""Changing every part of a schema."""

from orchestrator.schemas.walk import NULL, Schema, either, walked


def without_title(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}


def test_a_key_that_is_called_like_a_word_of_schemas_stays() -> None:
    schema = {"title": "A", "properties": {"title": {"title": "Title", "items": {"title": "B"}}}}

    assert walked(schema, without_title) == {"properties": {"title": {"items": {}}}}


def test_another_form_stands_beside_the_first_below_one_explanation() -> None:
    assert either({"type": "string", "description": "A name."}, NULL) == {
        "description": "A name.",
        "anyOf": [{"type": "string"}, NULL],
    }


def test_a_form_is_not_added_twice() -> None:
    once = either({"type": "string"}, NULL)

    assert either(once, NULL) == once


def test_what_takes_anything_takes_it_still() -> None:
    assert either({"description": "Anything."}, NULL) == {"description": "Anything."}
