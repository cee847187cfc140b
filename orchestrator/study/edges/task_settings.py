"""What a task says of itself beside its function: VERSION, PRELOAD, `missing`, `disk` and `hours`."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import brief
from orchestrator.study.edges.task_function import on_new_instance

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from orchestrator.study.edges.task_function import TaskFunction


@dataclass(frozen=True, slots=True)
class Setting:
    """What stands under one name, and where."""

    name: str
    """With its module, and with its class or function where it stands there."""
    value: Any


def setting(attribute: str, default: Any, function: TaskFunction, module: ModuleType) -> Setting:
    """Return what a class or function says of itself, else its module for all that is in it."""
    speaker: Any = function.owner
    if speaker is None and inspect.isroutine(function.seen):
        speaker = function.seen
    if speaker is None or not hasattr(speaker, attribute):
        return Setting(f"{module.__name__}.{attribute}", getattr(module, attribute, default))
    owner = function.name.rpartition(".")[0] if function.owner else function.name
    return Setting(f"{owner}.{attribute}", getattr(speaker, attribute))


def version(given: Setting) -> int:
    """Return a task's version; raise TaskError where it is no whole number."""
    if not isinstance(given.value, int) or isinstance(given.value, bool):
        raise TaskError(
            f"`{given.name}` is `{brief(given.value)}`", "make it a whole number, as `VERSION = 1`"
        )
    return given.value


def preload(given: Setting) -> tuple[str, ...]:
    """Return the modules to import once; raise TaskError where these are no names."""
    value = given.value
    if not isinstance(value, tuple | list) or not all(isinstance(name, str) for name in value):
        example = value if isinstance(value, str) else "torch"
        raise TaskError(
            f"`{given.name}` is `{brief(value)}`", f'make it names of modules, as `PRELOAD = ("{example}",)`'
        )
    return tuple(value)


def missing(given: Setting, owner: type | None) -> Callable[..., Any] | None:
    """Return what says what is not there; raise TaskError where it cannot be asked."""
    value = given.value
    if value is not None and not callable(value):
        raise TaskError(f"`{given.name}` is no function", "write `def missing(params, data) -> list[str]`")
    if inspect.isgeneratorfunction(value):
        raise TaskError(f"`{given.name}` is a generator", "let it return a `list[str]`, `[]` for nothing")
    return _asked(given, owner)


def disk(given: Setting, owner: type | None) -> Callable[..., Any] | None:
    """Return what says how much disk a trial takes; raise TaskError where it cannot be asked."""
    return _counting(given, owner, "write `def disk(params) -> int`: bytes")


def hours(given: Setting, owner: type | None) -> Callable[..., Any] | None:
    """Return what says how many hours a trial takes; raise TaskError where it cannot be asked."""
    return _counting(given, owner, "write `def hours(params, gpus) -> float`: hours")


def hours_on(given: Setting) -> str | None:
    """Return on what hours were measured; raise TaskError where that is no text."""
    if given.value is not None and not isinstance(given.value, str):
        raise TaskError(
            f"`{given.name}` is `{brief(given.value)}`", 'make it a text, as `HOURS_ON = "one A100"`'
        )
    return given.value or None


def _counting(given: Setting, owner: type | None, hint: str) -> Callable[..., Any] | None:
    value, odd = given.value, None
    if value is not None and (not callable(value) or inspect.isclass(value)):
        odd = "no function"
    elif inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value):
        odd = "a generator"
    elif inspect.iscoroutinefunction(value):
        odd = "an async function, which would never run"
    if odd is not None:
        raise TaskError(f"`{given.name}` is {odd}", hint)
    return _asked(given, owner)


def _asked(given: Setting, owner: type | None) -> Callable[..., Any] | None:
    name = given.name.rpartition(".")[2]
    found: Callable[..., Any] | None = given.value
    if owner is not None and getattr(owner, name, None) is found is not None:
        return on_new_instance(owner, name)
    return found
