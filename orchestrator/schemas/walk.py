"""Changing every part of a JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
OF_AXIS: Schema = {"type": "string", "pattern": r"\$\{"}
"""`${axis}`, where it may stand for a value."""
_MAPPINGS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE = ("items", "additionalProperties", "propertyNames", "not", "if", "then", "else")


def walked(schema: Schema, change: Callable[[Schema], Schema]) -> Schema:
    """Return the schema with the change made to it and to all schemas inside of it, innermost first."""
    result: Schema = {}
    for key, value in schema.items():
        if key in _MAPPINGS:
            result[key] = {name: walked(part, change) for name, part in value.items()}
        elif key in _LISTS:
            result[key] = [walked(part, change) for part in value]
        elif key in _SINGLE and isinstance(value, dict):
            result[key] = walked(value, change)
        else:
            result[key] = value
    return change(result)


def either(schema: Schema, other: Schema) -> Schema:
    """Return a schema that takes another form too; what is said of the whole stays outside."""
    if not schema.keys() - {"description", "default"}:  # it takes anything
        return schema
    if other in schema.get("anyOf", ()):
        return schema
    outside: Schema = {key: schema[key] for key in ("description", "default") if key in schema}
    inside = {key: value for key, value in schema.items() if key not in outside}
    forms = inside["anyOf"] if inside.keys() == {"anyOf"} else [inside]
    return {**outside, "anyOf": [*forms, other]}
