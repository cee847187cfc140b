"""Parameters that are declared as a dataclass or a TypedDict: checked as a model, handed over as declared."""

from __future__ import annotations

import collections.abc
import dataclasses
import functools
import inspect
import operator
import types
import warnings
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NotRequired,
    Required,
    Self,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, create_model, with_config
from typing_extensions import TypedDict, is_typeddict

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = "a pydantic model, a dataclass or a TypedDict"


class DeclaredElsewhere(BaseModel):
    """A model with the fields of a dataclass or TypedDict, which itself reads and writes the values."""

    _adapter: ClassVar[TypeAdapter[Any]]
    _computed: ClassVar[frozenset[str]]
    """Fields that the dataclass sets itself: no parameters."""
    _declared: Any = PrivateAttr()

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """Return the model of these values; raises what the dataclass or TypedDict does."""
        declared = cls._adapter.validate_python(obj, **options)
        values = declared if isinstance(declared, dict) else _attributes(declared, cls.model_fields)
        held = super().model_construct(**values)
        held._declared = declared
        return held

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """Return the values as the dataclass or TypedDict writes them."""
        values: dict[str, Any] = self._adapter.dump_python(
            self._declared, exclude=set(self._computed), **options
        )
        return values


def model_of(declared: object) -> type[BaseModel] | None:
    """Return the model of a task's parameters; None where they are declared as none of the forms.

    Raises TypeError where a dataclass or TypedDict has a part that cannot be checked.
    """
    if not inspect.isclass(declared):
        return None
    if issubclass(declared, BaseModel):
        return declared
    if not dataclasses.is_dataclass(declared) and not is_typeddict(declared):
        return None
    try:
        return _model(declared)
    except Exception as error:  # annotations may be anything, and pydantic says so in many ways
        reason = str(error).splitlines()[0]
        raise TypeError(f"`{declared.__name__}` cannot be checked: {reason}") from error


def as_declared(held: BaseModel) -> Any:
    """Return parameters as the task takes them."""
    return held._declared if isinstance(held, DeclaredElsewhere) else held


def _model(declared: type) -> type[BaseModel]:
    if dataclasses.is_dataclass(declared):
        fields, form = dict(_dataclass_fields(declared)), declared
        computed = frozenset(field.name for field in dataclasses.fields(declared) if not field.init)
    else:
        form, computed = _checkable(declared), frozenset()
        fields = dict(_keys(form))
    config = getattr(declared, "__pydantic_config__", {})  # the class itself checks, not these fields
    inside = {
        "model_config": {**config, "defer_build": True, "protected_namespaces": ()},
        "__module__": declared.__module__,
        "__annotations__": {},
    }
    name = declared.__name__
    base: Any = types.new_class(name, (DeclaredElsewhere,), exec_body=lambda body: body.update(inside))
    base._adapter, base._computed = TypeAdapter(form), computed
    with warnings.catch_warnings(action="ignore"):  # a field may be called as a method of models is
        model: type[BaseModel] = create_model(name, __base__=base, **fields)
    return model


def _attributes(declared: object, names: Any) -> dict[str, Any]:
    return {name: getattr(declared, name) for name in names if hasattr(declared, name)}


def _dataclass_fields(declared: type) -> Iterator[tuple[str, Any]]:
    """Give the name of each parameter with its type and default."""
    hints = get_type_hints(declared, include_extras=True)
    if lost := [name for name, hint in hints.items() if isinstance(hint, dataclasses.InitVar)]:
        raise TypeError(f"`{lost[0]}` is an InitVar, which is not kept")  # and would be in no trial
    for field in dataclasses.fields(declared):
        default = ... if field.default is dataclasses.MISSING else field.default
        if field.default_factory is not dataclasses.MISSING:
            default = Field(default_factory=field.default_factory)
        if field.init:
            yield field.name, (hints[field.name], default)


def _keys(checkable: Any) -> Iterator[tuple[str, Any]]:
    """Give each key of a TypedDict with its type; one that need not be given has no value then."""
    for name, hint in get_type_hints(checkable).items():
        yield name, (hint, ... if name in checkable.__required_keys__ else None)


def _checkable(annotation: Any) -> Any:
    """Return a type in which each TypedDict is of the kind that pydantic reads in every version of Python."""
    if is_typeddict(annotation):
        keys = dict(_qualified(annotation))
        other = TypedDict(annotation.__name__, keys)  # type: ignore[misc]
        return with_config(getattr(annotation, "__pydantic_config__", ConfigDict()))(other)
    origin, inside = get_origin(annotation), get_args(annotation)
    if not inside or origin in (Literal, collections.abc.Callable):
        return annotation
    if origin is Annotated:
        return Annotated[(_checkable(inside[0]), *annotation.__metadata__)]
    parts = tuple(map(_checkable, inside))
    if origin in (Union, types.UnionType):
        return functools.reduce(operator.or_, parts)
    return origin[parts if len(parts) > 1 else parts[0]]


def _qualified(typed: Any) -> Iterator[tuple[str, Any]]:
    """Give each key with its type, as Required or NotRequired: annotations that are text hide which it is."""
    for name, hint in get_type_hints(typed, include_extras=True).items():
        if get_origin(hint) in (Required, NotRequired):
            yield name, _checkable(hint)
        else:
            yield name, (Required if name in typed.__required_keys__ else NotRequired)[_checkable(hint)]
