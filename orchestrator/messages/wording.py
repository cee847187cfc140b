"""What pydantic found wrong, in plain words."""

from __future__ import annotations

import dataclasses
import re
import types
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, Tag

from orchestrator.messages.problems import Keys, brief, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_KINDS = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "list": "a list",
    "tuple": "a list",
    "dict": "a mapping (`key: value`)",
    "model": "a mapping (`key: value`)",
    "dataclass": "a mapping (`key: value`)",
    "path": "a path",
    "none": "null",
}
_LIMITS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "multiple_of": ("multiple_of", "a multiple of"),
}
_NAME_HINTS = {
    r"^[^\x00-\x1f\x7f]*$": "write it in one line",
    r"^[A-Za-z][A-Za-z0-9_.-]*$": "start with a letter; go on with letters, digits, `_`, `-` and `.`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One wrong part of a value."""

    keys: Keys
    message: str
    hint: str | None
    unknown_key: bool = False


def mistakes(
    error: ValidationError, given: Mapping[str, Any], model: type[BaseModel], also: Sequence[str] = ()
) -> list[Mistake]:
    """Return what a validation found wrong, once for each wrong part.

    `also` are further keys that may be suggested at the top.
    Where a part may have one of several forms, only errors of the form that was meant are returned.
    """
    placed = [(_walked(detail, given), detail) for detail in error.errors(include_url=False)]
    found: list[Mistake] = []
    told: set[Keys] = set()
    for keys, detail in placed:
        if _kind(detail) is None:
            found.append(_mistake(keys, detail, model, also))
        elif keys not in told and not _meant_otherwise(keys, placed):
            told.add(keys)
            kinds = [_kind(other) for place, other in placed if place == keys]
            found.append(_wrong_kind(keys, detail["input"], [kind for kind in kinds if kind]))
    return found


def fields_at(annotation: Any, keys: Keys, kinds: Collection[str] = ()) -> list[str]:
    """Return the keys that a model allows at a place inside it.

    Where a part is one of several kinds, `kinds` are the names of those that were meant.
    """
    if (fields := _fields(annotation)) is not None:
        if not keys:
            return list(fields)
        return fields_at(fields.get(str(keys[0])), keys[1:], kinds)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType, Annotated):
        meant = [part for part in inner if _tag(part) in kinds]
        return next((names for part in meant or inner if (names := fields_at(part, keys, kinds))), [])
    if origin in (dict, list, tuple) and inner and keys:
        return fields_at(inner[-1 if origin is dict else 0], keys[1:], kinds)
    return []


def _tag(annotation: Any) -> str:
    """Return the name by which one of several kinds is chosen; nothing where it has none."""
    return next((part.tag for part in get_args(annotation)[1:] if isinstance(part, Tag)), "")


def _fields(annotation: Any) -> dict[str, Any] | None:
    """Return the names of a model or dataclass with their types; None where it is neither."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {field.alias or name: field.annotation for name, field in annotation.model_fields.items()}
    if not isinstance(annotation, type) or not dataclasses.is_dataclass(annotation):
        return None
    with suppress(NameError):  # what only type checkers import
        return get_type_hints(annotation)
    return {field.name: None for field in dataclasses.fields(annotation)}


def _walked(error: ErrorDetails, given: Any) -> Keys:
    """Return the error's place in the given value, without the names of the forms that pydantic tried."""
    keys: Keys = ()
    here = given
    for key in error["loc"]:
        inside_list = isinstance(here, list) and isinstance(key, int) and key < len(here)
        if inside_list or (isinstance(here, dict) and key in here):
            here = here[key]
        elif not (error["type"] == "missing" and key == error["loc"][-1]):
            continue
        keys = (*keys, key)
    return keys


def _kind(error: ErrorDetails) -> str | None:
    """Return the kind of value that was expected, when the error is that it is another."""
    match = re.fullmatch(r"(\w+?)_(type|parsing|attributes_type|from_float|required)", error["type"])
    return _KINDS.get(match[1].removesuffix("_attributes")) if match else None


def _meant_otherwise(keys: Keys, placed: Sequence[tuple[Keys, ErrorDetails]]) -> bool:
    """Say whether another form of this part fits better: its errors lie deeper or are not about the kind."""
    return any(
        other[: len(keys)] == keys and (len(other) > len(keys) or _kind(error) is None)
        for other, error in placed
    )


def _wrong_kind(keys: Keys, given: Any, kinds: Sequence[str]) -> Mistake:
    allowed = list(dict.fromkeys(kinds))
    if "a number" in allowed and "a whole number" in allowed:
        allowed.remove("a whole number")
    message = f"`{brief(given)}` is {_described(given)}, but must be {' or '.join(allowed)}"
    single = not isinstance(given, dict | list) and given is not None
    hint = f"write `[{brief(given)}]`" if allowed == ["a list"] and single else None
    return Mistake(keys=keys, message=message, hint=hint)


def _described(given: Any) -> str:
    if given is None:
        return "empty"
    names = {bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(given), "a mapping")


def _mistake(keys: Keys, error: ErrorDetails, model: type[BaseModel], also: Sequence[str]) -> Mistake:
    last = keys[-1] if keys else ""
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        kinds = {key for key in error["loc"] if isinstance(key, str)}
        allowed = [*fields_at(model, keys[:-1], kinds), *([] if keys[:-1] else also)]
        return Mistake(
            keys=keys, message=f"unknown key `{last}`", hint=nearest(last, allowed), unknown_key=True
        )
    if error["type"] == "missing":
        return Mistake(keys=keys, message=f"`{last}` is missing", hint=f"add `{last}: ...`")
    message, hint = _described_error(error)
    return Mistake(keys=keys, message=message, hint=hint)


def _described_error(error: ErrorDetails) -> tuple[str, str | None]:
    given, context = f"`{brief(error['input'])}`", error.get("ctx", {})
    kind = error["type"]
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return f"{given} must be {words} {context[name]:g}", None
    if kind in ("literal_error", "enum"):
        choices = re.findall(r"'([^']*)'", context["expected"]) or re.split(", | or ", context["expected"])
        return f"{given} is not allowed here", nearest(error["input"], choices)
    if kind in ("value_error", "assertion_error"):
        return str(context["error"]), getattr(context["error"], "hint", None)
    if kind in ("too_short", "string_too_short"):
        if not error["input"]:
            return f"{given} is empty", "give at least one value"
        return f"{given} is too short: give at least {context['min_length']}", None
    if kind == "string_pattern_mismatch":
        return f"{given} does not have the form `{context['pattern']}`", _NAME_HINTS.get(context["pattern"])
    return f"{given}: {error['msg'].replace('Input should be', 'must be')}", None
