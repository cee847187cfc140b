"""The type of a part of a parameter: of a model's field, a dataclass's, a key of a TypedDict or of a dict."""

from __future__ import annotations

import collections.abc
import dataclasses
import types
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel
from typing_extensions import is_typeddict

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


class NoPartError(Exception):
    """A type has no part of that name."""

    def __init__(self, part: str, names: Sequence[str]) -> None:
        """Keep the part that is not there, and the names of those that are."""
        super().__init__(part)
        self.part = part
        self.names = names


def type_at(annotation: Any, parts: Sequence[str]) -> Any:
    """Return the type of a part inside of a type, with its limits; NoPartError where there is none."""
    if not parts:
        return annotation
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_at(inner[0], parts)
    if origin in (Union, types.UnionType):
        return _of_one(inner, parts)
    head, *rest = parts
    if annotation in (Any, object) or annotation in _MAPPINGS:
        return Any
    if origin in _MAPPINGS:
        return type_at(inner[1], rest)
    names = _names(annotation)
    if head in names:
        return type_at(names[head], rest)
    config = getattr(annotation, "model_config", None) or {}
    if config.get("extra") == "allow":
        return Any
    raise NoPartError(head, list(names))


def _of_one(annotations: Sequence[Any], parts: Sequence[str]) -> Any:
    """Return the type of a part in the first of several types that has it."""
    failed = NoPartError(parts[0], [])
    for one in annotations:
        try:
            return type_at(one, parts)
        except NoPartError as error:
            failed = error if error.names else failed
    raise failed


def _names(annotation: Any) -> dict[str, Any]:
    """Return the parts that a type has by name; none where it has no parts."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return {
            name: Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
            for name, field in annotation.model_fields.items()
        }
    if is_typeddict(annotation) or (isinstance(annotation, type) and dataclasses.is_dataclass(annotation)):
        return get_type_hints(annotation, include_extras=True)
    return {}
