"""A study that is given in Python: the same keys and values as in a file, and the file that says them."""

from __future__ import annotations

import inspect
import math
import os
import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestrator.files.yaml_file import Document, parse_mapping
from orchestrator.files.yaml_text import yaml_text
from orchestrator.messages.errors import Problem, StudyFileError, UserError
from orchestrator.messages.problems import Keys, Problems, brief
from orchestrator.study.searches.space import has_text_keys

if TYPE_CHECKING:
    from pathlib import Path

_DEEPEST = 40
"""Lists and mappings inside each other, as in files."""
_FILES = ("report", "extends", "studies")
"""Keys of the top that name files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenStudy:
    """What was given, and the text of a file that says the same."""

    document: Document
    text: str
    problems: tuple[Problem, ...] = ()
    """What could not be said in a file, and is left out."""

    def with_others(self, error: StudyFileError) -> StudyFileError:
        """Return the error with these problems before its own, without those that follow from them."""
        places = [problem.path for problem in self.problems]
        below = tuple(place + sign for place in places for sign in ".[")
        others = [one for one in error.problems if one.path not in places and not one.path.startswith(below)]
        return StudyFileError([*self.problems, *others])


def given_study(keys: Mapping[str, object], folder: Path) -> GivenStudy:
    """Return a study that is given by the keys of a file; those that are None were not given.

    Files are named relative to `folder`, and tasks may be functions or modules. Raises StudyFileError where
    no file could say what is left without the `problems`.
    """
    problems = Problems(lambda _: "")
    data = {key: _plain(value, (key,), problems) for key, value in keys.items() if value is not None}
    data |= {key: _absolute(data[key], folder) for key in _FILES if key in data}
    text = yaml_text(data)
    given = GivenStudy(
        document=Document(source="", data=data, marks={}), text=text, problems=tuple(problems.found)
    )
    try:
        document = replace(parse_mapping(text, "", text_keys=has_text_keys), marks={})
    except StudyFileError as error:
        said = StudyFileError([replace(one, where="") for one in error.problems])
        raise given.with_others(said) from None
    return replace(given, document=document)


def plain_value(value: object, name: str) -> Any:
    """Return a value as a file would say it; UserError where none could."""
    problems = Problems(lambda _: "")
    found = _plain(value, (name,), problems)
    if problems.found:
        raise UserError("\n".join(map(str, problems.found)))
    return found


def _plain(value: object, keys: Keys, problems: Problems) -> Any:
    """Return the value made of what YAML knows; of numpy, pandas and torch what they hold."""
    if value is None or type(value) in (bool, int, float, str):
        return _finite(value, keys, problems)
    if len(keys) == 3 and keys[0] == "stages" and keys[2] == "task" and _names_code(value):
        return _task(value, keys, problems)
    if len(keys) >= _DEEPEST:
        problems.add(keys[:3], f"lists and mappings stand more than {_DEEPEST} deep inside each other")
        return None
    if isinstance(value, Mapping):
        return _mapping(value, keys, problems)
    if isinstance(value, list | tuple | range):
        return [_plain(one, (*keys, index), problems) for index, one in enumerate(value)]
    if isinstance(value, str | os.PathLike):  # an enumeration's too
        return str.__str__(value) if isinstance(value, str) else os.fspath(value)
    held = getattr(value, "tolist", None)
    if callable(held):
        return _plain(held(), keys, problems)
    kind = type(value).__name__
    hint = (
        "give a list, whose order is known"
        if isinstance(value, Set)
        else "give text, a number, a list or a dict"
    )
    problems.add(keys, f"`{brief(value)}` is of type {kind}, which a study cannot hold", hint)
    return None


def _mapping(value: Mapping[Any, object], keys: Keys, problems: Problems) -> dict[str, Any]:
    found: dict[Any, Any] = {}
    for key, inner in value.items():
        if isinstance(key, str):
            name = str.__str__(key)
            found[name] = _plain(inner, (*keys, name), problems)
        elif (key is None or isinstance(key, bool | int | float)) and not has_text_keys(keys):
            found[key] = _plain(inner, (*keys, str(key)), problems)
        else:
            problems.add((*keys, str(key)), f"key `{brief(key)}` is not text", f'write it in quotes: "{key}"')
    return found


def _finite(value: Any, keys: Keys, problems: Problems) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        problems.add(keys, f"`{value}` is not a finite number", "give a finite number")
        return None
    return value


def _names_code(value: object) -> bool:
    return callable(value) or inspect.ismodule(value)


def _task(value: Any, keys: Keys, problems: Problems) -> str:
    """Return the name by which workers, which are other programs, import a function or a module."""
    if inspect.ismodule(value):
        return str(value.__name__)
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    if not isinstance(module, str) or not isinstance(name, str):
        problems.add(
            keys, f"`{brief(value)}` has no name by which a worker could import it", _hint("tasks", "train")
        )
    elif module == "__main__":
        message = (
            f"`{name}` is defined in a notebook or in the running program, where no worker can import it"
        )
        problems.add(keys, message, _hint("my_tasks", name.rpartition(".")[2].strip("<>")))
    elif _found(module, name) is not value:
        message = f"`{module}` has no `{name}` at its top that is this function, so no worker can import it"
        problems.add(keys, message, "write it as a plain function at the top of its module")
    return str(module) if name == "run" else f"{module}.{name}"


def _found(module: str, name: str) -> object:
    return getattr(sys.modules.get(module), name, None)


def _hint(module: str, function: str) -> str:
    function = function if function.isidentifier() and function != "lambda" else "train"
    return f"write it into a module beside, as `{module}.py`, and give `task={module}.{function}`"


def _absolute(names: Any, folder: Path) -> Any:
    if isinstance(names, str):
        return os.path.normpath(folder / names)
    return [_absolute(name, folder) for name in names] if isinstance(names, list) else names
