"""From a task's name in the study file to its function and its parameters."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pkgutil
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A training program: a function of parameters and a context."""

    name: str
    module: str
    version: int
    model: type[BaseModel]
    run: Callable[..., Any]
    preload: tuple[str, ...] = ()
    """Heavy modules that a worker imports once, before its trials."""
    missing: Callable[[Any, Path | None], Sequence[str]] | None = None
    """Says which datasets or weights are not there; given the parameters and the data folder."""


def find_task(name: str) -> Task:
    """Return the task of that name: a module with a function `run`, or `module.function`.

    Raises TaskError saying what was looked for and what to do next.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    with contextlib.chdir("."):  # a module may go elsewhere while it is imported
        module, function = _located(name)
    run = getattr(module, function, None)
    if not inspect.isfunction(run):
        raise TaskError(
            f"module `{module.__name__}` has no function `{function}`",
            nearest(function, _functions(module), f"add `def {function}(params: Params, context)` to it"),
        )
    return Task(
        name=name,
        module=module.__name__,
        version=_version(module),
        model=_model(run, name),
        run=run,
        preload=tuple(getattr(module, "PRELOAD", ())),
        missing=getattr(module, "missing", None),
    )


def _located(name: str) -> tuple[ModuleType, str]:
    """Return the module and the function's name: the whole name as a module first."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise TaskError(
            f"`{name}` is not the name of a module or function", "write for example `tasks.gender`"
        )
    module = _imported(name)
    if module is not None:
        return module, "run"
    outer, _, function = name.rpartition(".")
    module = _imported(outer) if outer else None
    if module is None:
        raise TaskError(f"there is no module `{name}`", _nearest_module(name))
    if not hasattr(module, function) and hasattr(module, "__path__"):
        raise TaskError(f"there is no module or function `{name}`", _nearest_module(name))
    return module, function


def _functions(module: ModuleType) -> list[str]:
    return [name for name, _ in inspect.getmembers(module, inspect.isfunction) if not name.startswith("_")]


def _imported(name: str) -> ModuleType | None:
    """Return the module, or None where there is none of that name; raise where it fails to import."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            return None
        raise _failed(name, error) from error
    except Exception as error:  # a module may raise anything while it is imported
        raise _failed(name, error) from error


def _failed(name: str, error: Exception) -> TaskError:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
    own = [frame for frame in frames if "importlib" not in frame.filename]
    place = f" ({own[-1].filename}:{own[-1].lineno})" if own else ""
    if isinstance(error, SyntaxError):
        place = ""  # its own text says file and line
    return TaskError(
        f"module `{name}` cannot be imported: {type(error).__name__}: {error}{place}",
        f'correct it, or install what it needs; `python -c "import {name}"` shows the whole traceback',
    )


def _nearest_module(name: str) -> str:
    """Return a hint: modules and functions beside the one looked for that have nearly its name."""
    outer, _, last = name.rpartition(".")
    parent = _imported(outer) if outer else None
    if outer and parent is None:
        return _nearest_module(outer)
    folders = getattr(parent, "__path__", None) if parent else [str(Path.cwd())]
    names = [module.name for module in pkgutil.iter_modules(folders)] if folders else []
    functions = _functions(parent) if parent else []
    prefix = f"{outer}." if outer else ""
    beside = ", ".join(f"`{prefix}{other}`" for other in names[:12]) or "none"
    otherwise = f"modules beside it: {beside}; modules are looked for in this folder and in the environment"
    return nearest(last, [*names, *functions], otherwise, prefix=prefix)


def _version(module: ModuleType) -> int:
    version = getattr(module, "VERSION", 1)
    if not isinstance(version, int):
        raise TaskError(
            f"`{module.__name__}.VERSION` is `{version}`", "make it a whole number, as `VERSION = 1`"
        )
    return version


def _model(run: Callable[..., Any], name: str) -> type[BaseModel]:
    """Return the pydantic model among the function's annotations.

    Annotations may be text, and those of other parameters may name what only type checkers import.
    """
    known = inspect.unwrap(run).__globals__
    for parameter in inspect.signature(run).parameters.values():
        found = parameter.annotation
        if isinstance(found, str):
            first, *rest = found.strip("'\"").split(".")
            found = known.get(first)
            for part in rest:
                found = getattr(found, part, None)
        if inspect.isclass(found) and issubclass(found, BaseModel):
            return found
    raise TaskError(
        f"no parameter of `{name}` is annotated with a pydantic model",
        f"write `def {run.__name__}(params: Params, context)` with `class Params(BaseModel)` beside it",
    )
