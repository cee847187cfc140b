"""What a study file may say: whole, or as a part laid over other files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.schemas.editor_schema import DRAFT, editor_schema
from orchestrator.schemas.walk import NULL, OF_AXIS, Schema, either, walked
from orchestrator.study.study_file import StudyFile

if TYPE_CHECKING:
    from collections.abc import Callable

_WHOLE, _PART = "Study", "part."
_SHAPE = "ShapeEntry"
_REFERENCE = "#/$defs/"


class WrittenStudy(StudyFile):
    """A study: a grid, stages that feed each other, searches."""

    extends: str | None = None
    """A study file that this one starts from; `null` removes a key of it."""
    studies: list[str] | None = None
    """Study files that are composed: their stages are named `study.stage`."""


def study_schema(add: Callable[[Schema], Schema] = lambda parts: parts) -> Schema:
    """Return the JSON Schema of study files; `add` may change its definitions before they are used.

    Over other files everything may be left out, and null stands for what is removed.
    """
    schema = editor_schema(WrittenStudy)
    parts = add({**schema.pop("$defs"), _WHOLE: schema})
    shape = parts[_SHAPE]
    values = {name: either(value, OF_AXIS) for name, value in shape["properties"].items()}
    parts[_SHAPE] = {**shape, "properties": values}
    return {
        "$schema": DRAFT,
        "title": "study file",
        "if": {"anyOf": [{"required": ["extends"]}, {"required": ["studies"]}]},
        "then": {"$ref": f"{_REFERENCE}{_PART}{_WHOLE}"},
        "else": {"$ref": f"{_REFERENCE}{_WHOLE}"},
        "$defs": {**parts, **{f"{_PART}{name}": walked(part, _loosened) for name, part in parts.items()}},
    }


def _loosened(schema: Schema) -> Schema:
    """Return what may be said over another file."""
    left_out = {"required", "minProperties"}
    if not any(schema.get("oneOf", ())):  # each of its forms was but a `required`
        left_out.add("oneOf")
    result = {key: value for key, value in schema.items() if key not in left_out}
    if "$ref" in result:
        result["$ref"] = result["$ref"].replace(_REFERENCE, f"{_REFERENCE}{_PART}")
    if "properties" in result:
        result["properties"] = {name: either(part, NULL) for name, part in result["properties"].items()}
    if isinstance(result.get("additionalProperties"), dict):
        result["additionalProperties"] = either(result["additionalProperties"], NULL)
    return result
