"""From a task's name in the study file to its function and its parameters."""

from __future__ import annotations

import contextlib
import functools
import inspect
import pkgutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import brief, nearest
from orchestrator.study.command import TASK
from orchestrator.study.edges.task_import import imported

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType


_OURS = {TASK: "orchestrator.engine.command_task"}
"""Tasks of our own -> their modules, which no module of a project can hide."""


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
    disk: Callable[[Any], int | None] | None = None
    """Says how many bytes a trial of these parameters leaves behind; None where it cannot say."""


def find_task(name: str) -> Task:
    """Return the task of that name: a module with a function `run`, or `module.function`.

    Raises TaskError saying what was looked for and what to do next.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    with contextlib.chdir("."):  # a module may go elsewhere while it is imported
        module, function = _located(name)
    if not hasattr(module, function):
        raise TaskError(
            f"module `{module.__name__}` has no function `{function}`",
            nearest(function, _functions(module), f"add `{_form(function)}` to it"),
        )
    run = getattr(module, function)
    _check_callable(run, f"{module.__name__}.{function}", function)
    return Task(
        name=name,
        module=module.__name__,
        version=_version(module),
        model=_model(run, name, module),
        run=run,
        preload=_preload(module),
        missing=_missing(module),
        disk=_disk(module),
    )


def _form(function: str) -> str:
    """Return what a task looks like."""
    return f"def {function}(params: Params, context) -> dict[str, float]"


def _check_callable(run: Any, name: str, function: str) -> None:
    """Raise TaskError where the function cannot be called as a task is, or would not run then."""
    odd = None
    if inspect.isclass(run):
        odd = "a class, not a function"
    elif not callable(run):
        odd = f"{brief(run)}, not a function"
    elif inspect.iscoroutinefunction(run) or inspect.isasyncgenfunction(run):
        odd = "an async function, which would never run"
    elif inspect.isgeneratorfunction(run):
        odd = "a generator, which would never run"
    if odd is not None:
        raise TaskError(f"`{name}` is {odd}", f"write `{_form(function)}`")
    try:
        inspect.signature(run).bind(object(), object())
        inspect.signature(run, follow_wrapped=False).bind(object(), object())
    except (TypeError, ValueError) as error:  # a builtin may have no signature
        raise TaskError(
            f"`{_call(run, function)}` cannot be called with parameters and a context: {error}",
            f"write `{_form(function)}`",
        ) from error


def _call(run: Callable[..., Any], function: str) -> str:
    """Return the function with its parameters, as its author wrote them but for their types."""
    with suppress(TypeError, ValueError):
        parameters = inspect.signature(run).parameters.values()
        bare = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
        return f"{function}{inspect.Signature(bare)}"
    return function


def _located(name: str) -> tuple[ModuleType, str]:
    """Return the module and the function's name: the whole name as a module first."""
    if not all(part.isidentifier() for part in name.split(".")):
        raise TaskError(
            f"`{name}` is not the name of a module or function", "write for example `tasks.gender`"
        )
    module = imported(_OURS.get(name, name))
    if module is not None:
        return module, "run"
    outer, _, function = name.rpartition(".")
    module = imported(outer) if outer else None
    if module is None:
        raise TaskError(f"there is no module `{name}`", _nearest_module(name))
    if not hasattr(module, function) and hasattr(module, "__path__"):
        raise TaskError(f"there is no module or function `{name}`", _nearest_module(name))
    return module, function


def _functions(module: ModuleType) -> list[str]:
    return [name for name, _ in inspect.getmembers(module, inspect.isfunction) if not name.startswith("_")]


def _nearest_module(name: str) -> str:
    """Return a hint: modules and functions beside the one looked for that have nearly its name."""
    outer, _, last = name.rpartition(".")
    parent = imported(outer) if outer else None
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
    if not isinstance(version, int) or isinstance(version, bool):
        raise TaskError(
            f"`{module.__name__}.VERSION` is `{brief(version)}`", "make it a whole number, as `VERSION = 1`"
        )
    return version


def _preload(module: ModuleType) -> tuple[str, ...]:
    given = getattr(module, "PRELOAD", ())
    if not isinstance(given, tuple | list) or not all(isinstance(name, str) for name in given):
        example = given if isinstance(given, str) else "torch"
        raise TaskError(
            f"`{module.__name__}.PRELOAD` is `{brief(given)}`",
            f'make it names of modules, as `PRELOAD = ("{example}",)`',
        )
    return tuple(given)


def _missing(module: ModuleType) -> Callable[[Any, Path | None], Sequence[str]] | None:
    given: Callable[[Any, Path | None], Sequence[str]] | None = getattr(module, "missing", None)
    if given is not None and not callable(given):
        raise TaskError(
            f"`{module.__name__}.missing` is no function", "write `def missing(params, data) -> list[str]`"
        )
    if inspect.isgeneratorfunction(given):
        raise TaskError(
            f"`{module.__name__}.missing` is a generator", "let it return a `list[str]`, `[]` for nothing"
        )
    return given


def _disk(module: ModuleType) -> Callable[[Any], int | None] | None:
    given: Callable[[Any], int | None] | None = getattr(module, "disk", None)
    odd = None
    if given is not None and (not callable(given) or inspect.isclass(given)):
        odd = "no function"
    elif inspect.isgeneratorfunction(given) or inspect.isasyncgenfunction(given):
        odd = "a generator"
    elif inspect.iscoroutinefunction(given):
        odd = "an async function, which would never run"
    if odd is not None:
        raise TaskError(f"`{module.__name__}.disk` is {odd}", "write `def disk(params) -> int`: bytes")
    return given


def _model(run: Callable[..., Any], name: str, module: ModuleType) -> type[BaseModel]:
    """Return the pydantic model of the first parameter."""
    function = "run" if name in {module.__name__, *_OURS} else name.rpartition(".")[2]
    parameters = list(inspect.signature(run).parameters.values())
    models = [_annotated(parameter, run, module) for parameter in parameters]
    if found := models[0]:
        return found
    if any(models):
        raise TaskError(
            f"`{_call(run, function)}` takes its parameters second, not first",
            f"write `{_form(function)}`",
        )
    raise TaskError(
        f"the first parameter of `{name}` is not annotated with a pydantic model",
        f"write `{_form(function)}` with `class Params(BaseModel)` beside it",
    )


def _annotated(
    parameter: inspect.Parameter, run: Callable[..., Any], module: ModuleType
) -> type[BaseModel] | None:
    """Return the model that a parameter is annotated with.

    Annotations may be text, and those of other parameters may name what only type checkers import.
    """
    found = parameter.annotation
    if isinstance(found, str):
        inner = inspect.unwrap(run.func if isinstance(run, functools.partial) else run)
        known = getattr(inner, "__globals__", None) or vars(sys.modules.get(type(run).__module__, module))
        first, *rest = found.strip("'\"").split(".")
        found = known.get(first, getattr(module, first, None))
        for part in rest:
            found = getattr(found, part, None)
    return found if inspect.isclass(found) and issubclass(found, BaseModel) else None
