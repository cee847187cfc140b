"""Whether a task's parameter model keeps what it is given: what is written is what the task is handed.

Parameters are written to files as JSON, and a worker on another node makes the model from them again.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, ValidationError

from orchestrator.messages.problems import Keys, brief
from orchestrator.messages.wording import Mistake, mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLAIN = (bool, int, float, str, type(None))
_PLAIN_PARTS = (list, tuple, dict, BaseModel)
_WRITABLE = "take text, numbers, true or false, and lists or mappings of these"


def written(held: BaseModel) -> tuple[dict[str, Any], list[Mistake]]:
    """Return a model's parameters as JSON values, and what is wrong with them.

    Computed fields count only where reading them again does no harm: they are in the ids of older trials.
    """
    values, wrong = _read_back(held, round_trip=False)
    if wrong:
        other, still_wrong = _read_back(held, round_trip=True)
        values, wrong = (values, wrong) if still_wrong else (other, [])
    unwritable = list(_unwritable(held, ()))
    told = {mistake.keys[:1] for mistake in unwritable}
    return values, unwritable + [mistake for mistake in wrong if mistake.keys[:1] not in told]


def _read_back(held: BaseModel, *, round_trip: bool) -> tuple[dict[str, Any], list[Mistake]]:
    """Return a model as JSON values, and where reading these gives something else."""
    try:
        values = held.model_dump(mode="json", round_trip=round_trip, warnings=False)
    except Exception as error:  # a serializer may raise anything
        return {}, _unserializable(held, error)
    if endless := list(_endless(values, ())):
        return values, endless
    try:
        again = type(held).model_validate(values)
        values_again = again.model_dump(mode="json", round_trip=round_trip, warnings=False)
    except ValidationError as error:
        return values, [_refused(mistake, values) for mistake in mistakes(error, values, type(held))]
    except Exception as error:  # a validator may raise anything
        return values, [broken(type(held), error)]
    if values != values_again:
        return values, list(_changed(values, values_again, (), type(held)))
    return values, list(_lost(held, again, values))


def broken(model: type[BaseModel], error: Exception) -> Mistake:
    """Return what to say of a validator that fails with another error than those that pydantic knows."""
    return Mistake(
        keys=(),
        message=f"a validator of `{model.__name__}` fails: {type(error).__name__}: {error}",
        hint="let it raise ValueError, with a message that says what is allowed",
    )


def _unserializable(held: BaseModel, error: Exception) -> list[Mistake]:
    """Return which fields cannot be written."""
    wrong: list[Mistake] = []
    for name in type(held).model_fields:
        try:
            wrong += _endless(held.model_dump(mode="json", include={name}, warnings=False), ())
        except Exception as own:
            message = f"it cannot be written to a file: {str(own).splitlines()[0]}"
            wrong.append(Mistake(keys=(name,), message=message, hint=_WRITABLE))
    whole = Mistake(keys=(), message=f"`{type(held).__name__}` cannot be written: {error}", hint=_WRITABLE)
    return wrong or [whole]


def _unwritable(value: Any, keys: Keys) -> Iterator[Mistake]:
    """Give the parts that another program would read as something else: sets and secrets."""
    if isinstance(value, _PLAIN):
        return
    if isinstance(value, set | frozenset):
        if len(value) > 1 and not all(isinstance(item, int | float) for item in value):
            message = "it is a set, whose order changes from one program to the next"
            yield Mistake(
                keys=keys, message=message, hint="make it a list, sorted where the order says nothing"
            )
    elif isinstance(value, Secret | SecretStr | SecretBytes):
        message = "it is a secret: what is written are asterisks, and a task would be handed these"
        hint = "let the task read secrets from the environment; parameters stand in files that others read"
        yield Mistake(keys=keys, message=message, hint=hint)
    else:
        for key, part in parts_of(value):
            yield from _unwritable(part, (*keys, key))


def parts_of(value: Any) -> Iterator[tuple[str | int, Any]]:
    """Give the parts of a model, a mapping or a list with their keys."""
    if isinstance(value, BaseModel):
        yield from value.__dict__.items()
    elif isinstance(value, dict):
        yield from ((str(key), part) for key, part in value.items())
    elif isinstance(value, list | tuple):
        yield from enumerate(value)
    elif dataclasses.is_dataclass(value):
        yield from ((field.name, getattr(value, field.name, None)) for field in dataclasses.fields(value))


def _endless(value: Any, keys: Keys) -> Iterator[Mistake]:
    """Give the numbers that JSON does not have."""
    if isinstance(value, float):
        if not math.isfinite(value):
            message = f"`{value}` cannot be written to a file as a number"
            yield Mistake(keys=keys, message=message, hint="take a large number, or null for none")
    elif isinstance(value, dict | list):
        for key, part in parts_of(value):
            yield from _endless(part, (*keys, key))


def _changed(first: Any, second: Any, keys: Keys, model: type[BaseModel]) -> Iterator[Mistake]:
    """Give the parts of a value that are something else when it is read again."""
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key in first:
            yield from _changed(first[key], second[key], (*keys, key), model)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from _changed(one, other, (*keys, index), model)
    elif first != second:
        yield _other(keys, _json(first), _json(second), model)


def _other(keys: Keys, first: str, second: str, model: type[BaseModel]) -> Mistake:
    message = f"it is {first} when it is first read, and {second} when read again"
    hint = f"a validator or serializer of `{model.__name__}` changes it: let it leave its own result alone"
    return Mistake(keys=keys, message=message, hint=hint)


def _json(value: Any) -> str:
    return brief(json.dumps(value, ensure_ascii=False))


def _refused(mistake: Mistake, values: Mapping[str, Any]) -> Mistake:
    """Return what to say where the model refuses what it has written itself."""
    name = mistake.keys[0] if mistake.keys else ""
    first = f"it is {_json(values[str(name)])}" if name in values else "it is left out"
    message = f"{first} when it is first read, and refused when read again: {mistake.message}"
    return dataclasses.replace(mistake, message=message, hint="let the model take what it writes itself")


def _lost(held: BaseModel, again: BaseModel, values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Give the fields that are handed on as something else than was read."""
    for name, value in held.__dict__.items():
        other, left_out = again.__dict__[name], name not in values
        simple = isinstance(value, _PLAIN) or hasattr(value, "__fspath__")
        same = simple and type(value) is type(other)  # a default may be of a looser type
        if (same or (left_out and (simple or isinstance(value, _PLAIN_PARTS)))) and value != other:
            yield _other((name,), brief(value), brief(other), type(held))
