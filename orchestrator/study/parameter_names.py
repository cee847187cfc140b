"""Whether a task's parameters go by their names: aliases, and keys that nothing is made of."""

from __future__ import annotations

import copy
import functools
import operator
from typing import TYPE_CHECKING, Any

from pydantic import AliasChoices, BaseModel, RootModel

from orchestrator.messages.problems import Keys, nearest
from orchestrator.messages.wording import Mistake
from orchestrator.study.parameter_model import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic.fields import FieldInfo


def unnamed(model: type[BaseModel], given: Mapping[str, Any]) -> Iterator[Mistake]:
    """Give the fields that cannot be given by their names."""
    for name, field in model.model_fields.items():
        if field.validation_alias is None or not (name in given or field.is_required()):
            continue
        if not _takes_name(model, name, field):
            message = f"`{model.__name__}` takes `{name}` under its alias `{_alias(field)}` alone"
            hint = f"remove the alias, or set `ConfigDict(populate_by_name=True)` in `{model.__name__}`"
            yield Mistake(keys=(name,), message=message, hint=hint)


def _takes_name(model: type[BaseModel], name: str, field: FieldInfo) -> bool:
    alias = field.validation_alias
    if alias == name or (isinstance(alias, AliasChoices) and name in alias.choices):
        return True
    return bool(model.model_config.get("populate_by_name") or model.model_config.get("validate_by_name"))


def _alias(field: FieldInfo) -> str:
    alias = field.validation_alias
    return alias if isinstance(alias, str) else field.alias or str(alias)


def renamed(held: BaseModel, values: Mapping[str, Any]) -> Iterator[Mistake]:
    """Give the fields that stand under another name in what is written."""
    model = type(held)
    for name, field in model.model_fields.items():
        if (
            field.serialization_alias not in {None, name}
            and name not in values
            and field.serialization_alias in values
        ):
            message = f"`{model.__name__}` writes `{name}` under another name"
            yield Mistake(keys=(name,), message=message, hint="leave out `serialize_by_alias` and the alias")


def unknown_keys(given: Mapping[str, Any], held: BaseModel) -> Iterator[Mistake]:
    """Give the keys inside the given parameters that nothing was made of."""
    for keys, names in _strange_keys(given, held, ()):
        if _does_nothing(given, held, keys):
            hint = nearest(keys[-1], names)
            yield Mistake(keys=keys, message=f"unknown key `{keys[-1]}`", hint=hint, unknown_key=True)


def _strange_keys(given: Any, held: Any, keys: Keys) -> Iterator[tuple[Keys, list[str]]]:
    """Give the keys that are no names in what was made of the given value, each with those names."""
    if not isinstance(given, dict | list):
        return
    held = held.root if isinstance(held, RootModel) else held
    if isinstance(given, dict):
        parts = dict(parts_of(held))
        names = [str(key) for key in parts]
        # What is no model may have made its keys into others; a TypedDict drops those that it does not know.
        if not isinstance(held, dict) or len(held) < len(given):
            yield from (((*keys, str(key)), names) for key in given if str(key) not in names)
        for key, part in given.items():
            if str(key) in parts:
                yield from _strange_keys(part, parts[str(key)], (*keys, str(key)))
    elif isinstance(held, list | tuple):
        for index, part in enumerate(given[: len(held)]):
            yield from _strange_keys(part, held[index], (*keys, index))


def _does_nothing(given: Mapping[str, Any], held: BaseModel, keys: Keys) -> bool:
    """Say whether the model is the same without the key: else an alias or a validator has taken it."""
    without: Any = copy.deepcopy(dict(given))
    try:
        inside = functools.reduce(operator.getitem, keys[:-1], without)
        del inside[keys[-1]]
        other = type(held).model_validate(without)
        return bool(
            other.model_dump(mode="json", warnings=False) == held.model_dump(mode="json", warnings=False)
        )
    except Exception:  # it matters, or nobody can say
        return False
