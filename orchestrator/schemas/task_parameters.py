"""The parameters of a stage as a JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic.errors import PydanticInvalidForJsonSchema, PydanticUserError

from orchestrator.schemas.editor_schema import editor_schema
from orchestrator.schemas.walk import OF_AXIS, Schema, either, walked
from orchestrator.study.command import NEED, PLACES, references

if TYPE_CHECKING:
    from pydantic import BaseModel

    from orchestrator.study.command import Command


def parameters_of_task(model: type[BaseModel]) -> tuple[Schema, dict[str, Schema]]:
    """Return the parameters of a task, and the definitions that they refer to, with names of their own.

    Nothing is demanded: axes, searches and needs give parameters too. Raises ValueError for a model with a
    type that has no JSON Schema.
    """
    try:
        schema = editor_schema(model, by_alias=False, lenient=True)
    except (PydanticInvalidForJsonSchema, PydanticUserError) as error:
        raise ValueError(str(error).splitlines()[0]) from error
    name = f"{model.__module__}.{model.__qualname__}"

    def fitted(part: Schema) -> Schema:
        return _fitted(part, f"#/$defs/{name}.")

    parts = {f"{name}.{key}": walked(part, fitted) for key, part in schema.pop("$defs").items()}
    whole = {key: value for key, value in walked(schema, fitted).items() if key != "required"}
    open_ = model.model_config.get("extra") == "allow"
    explained = {key: _explained(one, model) for key, one in whole.get("properties", {}).items()}
    parts[name] = {"type": "object", **whole, "properties": explained, "additionalProperties": open_}
    return {"$ref": f"#/$defs/{name}"}, parts


def _fitted(part: Schema, prefix: str) -> Schema:
    """Return a part that refers to definitions with a prefix, and whose values may be those of axes."""
    part = dict(part)
    if "$ref" in part:
        part["$ref"] = part["$ref"].replace("#/$defs/", prefix)
    if "properties" in part:
        part["properties"] = {key: _or_axis(one) for key, one in part["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            part[key] = _or_axis(part[key])
    return part


def parameters_of_command(command: Command) -> Schema:
    """Return the parameters that a command refers to; others may be given too."""
    names = [name for name in references(command.texts) if name not in PLACES and not name.startswith(NEED)]
    explained: Schema = {"description": "The command refers to it."}
    return {"type": "object", "properties": dict.fromkeys(names, explained), "additionalProperties": True}


def _explained(parameter: Schema, model: type[BaseModel]) -> Schema:
    """Return a parameter whose explanation says what counts where it is left out."""
    text = parameter.get("description", f"A parameter of `{model.__module__}`.")
    if "default" in parameter:
        text = f"{text} Left out: `{json.dumps(parameter['default'], ensure_ascii=False)}`."
    return {**parameter, "description": text}


def _or_axis(schema: Schema) -> Schema:
    any_text = schema.get("type") == "string" and not schema.keys() & {"enum", "const", "pattern", "format"}
    return schema if any_text else either(schema, OF_AXIS)
