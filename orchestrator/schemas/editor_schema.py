"""A pydantic model as a JSON Schema that helps while one writes: complete, explained, without noise."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
import warnings
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from orchestrator.schemas.walk import Schema, walked

if TYPE_CHECKING:
    from pydantic_core import core_schema

DRAFT = "http://json-schema.org/draft-07/schema#"
"""What editors know best."""
_LIMITS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
"""As pydantic leaves them beside a validator -> their names in JSON Schema."""
_ANYTHING = "#/$defs/JsonValue"


class _Explained(GenerateJsonSchema):
    """Explains each key by the docstring below its field."""

    def model_schema(self, schema: core_schema.ModelSchema) -> Schema:
        """Return the schema of a model with descriptions of its keys."""
        found = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        texts = docstrings(model)
        for name, field in model.model_fields.items():
            key = field.alias if self.by_alias and field.alias else name
            if name in texts and key in found.get("properties", {}):
                found["properties"][key].setdefault("description", texts[name])
        return found


class _Lenient(_Explained):
    """Lets a key be anything where a validator reads it first: it may take other forms than its type says."""

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Schema:
        """Return the schema of what a validator reads first."""
        if "json_schema_input_schema" in schema or schema["schema"]["type"] == "model":
            return super().function_before_schema(schema)
        return {}

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> Schema:
        """Return the schema of what a validator reads around another one."""
        if "json_schema_input_schema" in schema or schema["schema"]["type"] == "model":
            return super().function_wrap_schema(schema)
        return {}


def editor_schema(model: type[BaseModel], *, by_alias: bool = True, lenient: bool = False) -> Schema:
    """Return what files that a model reads may say; lenient where others have written its validators.

    Raises PydanticInvalidForJsonSchema for types that no file can hold.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a default that is no JSON: it is left out
        schema = model.model_json_schema(
            by_alias=by_alias, schema_generator=_Lenient if lenient else _Explained
        )
    schema = walked(schema, _tidied)
    named = {name: part for name, part in schema.pop("$defs", {}).items() if name != "JsonValue"}
    return {**schema, "$defs": {name: {"title": _title(name), **part} for name, part in named.items()}}


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return what stands below the fields of a model, and of those that it inherits from.

    pydantic can do so too, but whenever a model is made: all commands would start later.
    """
    found: dict[str, str] = {}
    for part in reversed(model.__mro__):
        if part is BaseModel or not issubclass(part, BaseModel):
            continue
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(part))).body[0]
        except (OSError, TypeError, SyntaxError):  # it was made by a program
            continue
        body = tree.body if isinstance(tree, ast.ClassDef) else []
        for field, below in itertools.pairwise(body):
            if isinstance(field, ast.AnnAssign) and (text := _text(below)):
                found[ast.unparse(field.target)] = text
    return found


def _text(node: ast.stmt) -> str | None:
    value = node.value.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return " ".join(value.split()) if isinstance(value, str) else None


def _title(name: str) -> str:
    """Return `stage entry` for StageEntry."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.rpartition("__")[2].lstrip("_")).lower()


def _tidied(schema: Schema) -> Schema:
    """Return one part of a schema without what says nothing, in forms that editors read well."""
    schema = {_LIMITS.get(key, key): value for key, value in schema.items()}
    schema.pop("title", None)
    schema.pop("discriminator", None)
    if schema.get("default", 0) in (None, []):
        del schema["default"]
    if schema.get("$ref") == _ANYTHING:
        del schema["$ref"]
    forms = schema.get("oneOf", ())
    if forms and not any(form.keys() == {"required"} for form in forms):
        schema["anyOf"] = schema.pop("oneOf")  # of one that fits twice an editor would complain
    if "minLength" in schema and "anyOf" in schema:  # of whichever form it has
        schema |= {"minItems": (least := schema.pop("minLength")), "minProperties": least}
    if {"type": "number"} in schema.get("anyOf", ()):
        schema["anyOf"] = [form for form in schema["anyOf"] if form != {"type": "integer"}]
    if "anyOf" in schema:
        schema["anyOf"] = sorted(schema["anyOf"], key=_rank)
    if len(schema.get("anyOf", ())) == 1:
        schema |= schema.pop("anyOf")[0]
    return _with_names_of_keys(schema)


def _rank(form: Schema) -> int:
    """Return where a form stands among several: of the first that nearly fits editors say what is wrong."""
    if "$ref" in form or form.get("type") == "object":
        return 0
    return 1 if "pattern" in form else 2


def _with_names_of_keys(schema: Schema) -> Schema:
    """Return a mapping whose keys have a form so that a key of another form is an error."""
    patterns: dict[str, Any] = schema.pop("patternProperties", {})
    for pattern, value in patterns.items():
        schema |= {"propertyNames": {"pattern": pattern}, "additionalProperties": value}
    return schema
