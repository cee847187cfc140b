"""The model of a task's parameters, from the annotation of its function's first parameter."""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TaskError
from orchestrator.study.edges.task_function import looks
from orchestrator.study.parameter_forms import FORMS, model_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

    from pydantic import BaseModel

    from orchestrator.study.edges.task_function import TaskFunction

_KNOWN_TYPES = "give its fields types that pydantic knows: text, numbers, lists, mappings and other models"


def parameters_of(function: TaskFunction, module: ModuleType) -> type[BaseModel]:
    """Return the model of the function's first parameter; raise TaskError where it has none."""
    parameters = inspect.signature(function.seen).parameters.values()
    annotations = [_annotation(each, function, module) for each in parameters]
    try:
        models = [model_of(annotation) for annotation in annotations]
    except TypeError as error:
        raise TaskError(str(error), _KNOWN_TYPES) from error
    if found := models[0]:
        return found
    if any(models):
        raise TaskError(f"`{function.shown}` takes its parameters second, not first", _looks(function))
    raise _without_model(annotations[0], function, module)


def _without_model(annotation: object, function: TaskFunction, module: ModuleType) -> TaskError:
    """Return what to say of a first parameter that is no model."""
    first = f"the first parameter of `{function.name}` is"
    if annotation is inspect.Parameter.empty:
        parameter = next(iter(inspect.signature(function.seen).parameters))
        which = f"`{function.shown}` does not say of which type `{parameter}` is"
        return TaskError(f"{first} not annotated with {FORMS}: {which}", _looks(function))
    if isinstance(annotation, str) and all(map(str.isidentifier, annotation.split("."))):
        absent = f"`{annotation}`, which is not there when the program runs"
        return TaskError(f"{first} annotated with {absent}", "import it outside of `if TYPE_CHECKING:`")
    if inspect.isclass(annotation) and annotation.__module__ != "builtins":
        plain = f"the class `{annotation.__name__}`, which is not {FORMS}"
        own = annotation.__module__.partition(".")[0] == module.__name__.partition(".")[0]
        hint = f"write `@dataclass` above `class {annotation.__name__}`" if own else _looks(function)
        return TaskError(f"{first} annotated with {plain}", hint)
    given = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    return TaskError(
        f"{first} annotated with `{given}`, and not with {FORMS}",
        f"a task is handed all parameters as one object: {_looks(function)}",
    )


def _looks(function: TaskFunction) -> str:
    return looks(function.name.rpartition(".")[2], method=inspect.ismethod(function.seen))


def _annotation(parameter: inspect.Parameter, function: TaskFunction, module: ModuleType) -> object:
    """Return what a parameter is annotated with; the text where that is all there is.

    Annotations may be text, and those of other parameters may name what only type checkers import.
    """
    text = parameter.annotation
    if not isinstance(text, str):
        return text
    first, *rest = text.strip("'\"").split(".")
    missing = object()
    found = next((names[first] for names in _known(function, module) if first in names), missing)
    for part in rest:
        found = getattr(found, part, missing)
    return text.strip("'\"") if found is missing else found


def _known(function: TaskFunction, module: ModuleType) -> Iterator[Mapping[str, Any]]:
    """Give the names that an annotation may use, the nearest first."""
    seen = function.seen
    if function.owner is not None:
        yield vars(function.owner)
    inner = inspect.unwrap(seen.func if isinstance(seen, functools.partial) else seen)
    yield getattr(inner, "__globals__", None) or vars(sys.modules.get(type(seen).__module__, module))
    yield vars(module)
    yield vars(builtins)
