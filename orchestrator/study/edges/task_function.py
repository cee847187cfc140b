"""What a task calls: a function, or a method of a class."""

from __future__ import annotations

import functools
import inspect
import types
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import brief, listed, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.study.edges.task_name import Named


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFunction:
    """What is called with parameters and a context."""

    name: str
    """With its module."""
    run: Callable[..., Any]
    """A method gets an instance of its own each time."""
    seen: Callable[..., Any]
    """The same with the parameters that its author wrote, without `self`."""
    owner: type | None = None
    """The class whose method it is."""

    @property
    def shown(self) -> str:
        """The function with its parameters, as its author wrote them but for their types."""
        return _shown(self.seen, self.name.rpartition(".")[2])


def looks(function: str, *, method: bool = False) -> str:
    """Return what a task looks like."""
    first = "self, " if method else ""
    return (
        f"write `def {function}({first}params: Params, context) -> dict[str, float]`, with "
        "`class Params(BaseModel)` (pydantic) or `@dataclass` above `class Params`, "
        "and in it `lr: float = 0.1`"
    )


def function_of(named: Named) -> TaskFunction:
    """Return what is called; raise TaskError where it cannot be called as a task is."""
    thing = getattr(named.module, named.path[0])
    name = f"{named.module.__name__}.{named.path[0]}"
    if inspect.isclass(thing):
        return _method(thing, name, *named.path[1:])
    if len(named.path) > 1:
        raise TaskError(f"`{name}` is no class, and has no method `{named.path[1]}`", f"write `task: {name}`")
    check_callable(thing, name, looks(named.path[0]))
    return TaskFunction(name=name, run=thing, seen=thing)


def on_new_instance(owner: type, method: str) -> Callable[..., Any]:
    """Return a method as a function: a plain one is called on an instance that is made for it."""
    function = inspect.getattr_static(owner, method)
    if not isinstance(function, types.FunctionType):
        bound: Callable[..., Any] = getattr(owner, method)
        return bound

    @functools.wraps(function)
    def called(*given: Any) -> Any:
        return getattr(owner(), method)(*given)

    return called


def _method(owner: type, name: str, method: str = "run") -> TaskFunction:
    """Return a class's method as what is called."""
    if inspect.getattr_static(owner, method, None) is None:
        raise TaskError(
            f"`{name}` is a class without a method `{method}`", _other_method(owner, name, method)
        )
    function = inspect.getattr_static(owner, method)
    plain = isinstance(function, types.FunctionType)
    seen = types.MethodType(function, object()) if plain else getattr(owner, method)
    check_callable(seen, f"{name}.{method}", looks(method, method=plain or not callable(function)))
    if plain:
        _check_constructor(owner, name, method)
    run = on_new_instance(owner, method)
    return TaskFunction(name=f"{name}.{method}", run=run, seen=seen, owner=owner)


def _other_method(owner: type, name: str, method: str) -> str:
    """Return a hint: the methods that a class has itself, or what one looks like."""
    own = [
        other for other in vars(owner) if not other.startswith("_") and callable(getattr(owner, other, None))
    ]
    otherwise = f"its methods: {listed(f'{name}.{other}' for other in own)}" if own else None
    form = f"{looks(method)}; a class has `def {method}(self, params: Params, context)`"
    return nearest(method, own, otherwise or form, prefix=f"{name}.")


def _check_constructor(owner: type, name: str, method: str) -> None:
    """Raise TaskError where no instance can be made."""
    if inspect.isabstract(owner):
        lacks = listed(sorted(getattr(owner, "__abstractmethods__", ())))
        raise TaskError(f"`{name}` is abstract: it lacks {lacks}", f"name a class that has {lacks}")
    try:
        signature = inspect.signature(owner)
    except ValueError:  # a builtin may have none
        return
    try:
        signature.bind()
    except TypeError as error:
        needed = [each.name for each in signature.parameters.values() if each.default is each.empty]
        raise TaskError(
            f"`{name}` cannot be made without arguments: {error}",
            f"give {listed(needed)} a default, or read it from the parameters in `{method}`",
        ) from error


def check_callable(run: Any, name: str, hint: str) -> None:
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
        raise TaskError(f"`{name}` is {odd}", hint)
    try:
        inspect.signature(run).bind(object(), object())
        inspect.signature(run, follow_wrapped=False).bind(object(), object())
    except (TypeError, ValueError) as error:  # a builtin may have no signature
        shown = _shown(run, name.rpartition(".")[2])
        raise TaskError(f"`{shown}` cannot be called with parameters and a context: {error}", hint) from error


def _shown(run: Callable[..., Any], function: str) -> str:
    with suppress(TypeError, ValueError):
        parameters = inspect.signature(run).parameters.values()
        bare = [each.replace(annotation=inspect.Parameter.empty) for each in parameters]
        return f"{function}{inspect.Signature(bare)}"
    return function
