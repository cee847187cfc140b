"""From a task's name in the study file to its function and its parameters."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import listed, nearest
from orchestrator.study.edges import task_settings
from orchestrator.study.edges.task_function import function_of, looks
from orchestrator.study.edges.task_lockstep import Lockstep, lockstep_of
from orchestrator.study.edges.task_name import Named, as_script, functions, located
from orchestrator.study.edges.task_parameters import parameters_of
from orchestrator.study.edges.task_settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import ModuleType

    from pydantic import BaseModel

    from orchestrator.study.edges.task_function import TaskFunction


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A training program: a function of parameters and a context."""

    name: str
    """As trials say it, whatever way the study file spells it."""
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
    hours: Callable[[Any, int], float | None] | None = None
    """Says how many hours a trial of these parameters takes on so many GPUs; None where it cannot say."""
    hours_on: str | None = None
    """On what these hours were measured."""
    lockstep: Lockstep | None = None
    """How several of its trials are trained at once, where it can."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What messages call `missing`, `disk` and `hours`."""


def find_task(name: str) -> Task:
    """Return the task of that name: a module with `run`, or a function, class or method in a module.

    Raises TaskError saying what was looked for and what to do next.
    """
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    with contextlib.chdir("."):  # a module may go elsewhere while it is imported
        named = located(name)
    module, first = named.module, named.path[0]
    if not hasattr(module, first):
        kind = "class" if len(named.path) > 1 else "function"
        raise TaskError(f"module `{module.__name__}` has no {kind} `{first}`", _instead_of(first, module))
    return _task(named)


def _task(named: Named) -> Task:
    module = named.module
    function, model = _function(named)
    missing = setting("missing", None, function, module)
    disk = setting("disk", None, function, module)
    hours = setting("hours", None, function, module)
    return Task(
        name=named.name,
        module=module.__name__,
        version=task_settings.version(setting("VERSION", 1, function, module)),
        model=model,
        run=function.run,
        preload=task_settings.preload(setting("PRELOAD", (), function, module)),
        missing=task_settings.missing(missing, function.owner),
        disk=task_settings.disk(disk, function.owner),
        hours=task_settings.hours(hours, function.owner),
        hours_on=task_settings.hours_on(setting("HOURS_ON", None, function, module)),
        lockstep=lockstep_of(function, module, model),
        names={"missing": missing.name, "disk": disk.name, "hours": hours.name},
    )


def _function(named: Named) -> tuple[TaskFunction, type[BaseModel]]:
    """Return what is called, and the model of its parameters."""
    try:
        function = function_of(named)
        return function, parameters_of(function, named.module)
    except TaskError as error:
        script = _script(named.module)
        rather = f"; for a script write `command: {script}` in place of `task:`" if script else ""
        raise TaskError(str(error), f"{error.hint}{rather}") from error


def _instead_of(name: str, module: ModuleType) -> str:
    """Return a hint: the function that was meant, the tasks that there are, or how to write one."""
    tasks = [f"{module.__name__}.{task}" for task in _tasks_in(module)]
    otherwise = looks(name)
    if tasks:
        otherwise = f"write `task: {tasks[0]}`" if len(tasks) == 1 else f"its tasks: {listed(tasks)}"
    elif script := _script(module):
        otherwise = f"write `command: {script}` in place of `task:` for a script; for a task {looks(name)}"
    return nearest(name, functions(module), otherwise)


def _tasks_in(module: ModuleType) -> Iterator[str]:
    """Give the functions and classes of a module that are tasks."""
    for name in functions(module):
        own = getattr(module, name).__module__ == module.__name__
        if own and name not in ("missing", "disk", "hours"):
            with contextlib.suppress(TaskError):
                _task(Named(name=name, module=module, path=(name,)))
                yield name


def _script(module: ModuleType) -> str | None:
    """Return the command that runs a module as the script that it is too."""
    file = Path(module.__file__ or "")
    with contextlib.suppress(OSError, ValueError):
        if "if __name__ ==" in file.read_text(encoding="utf-8", errors="replace"):
            return as_script(file.resolve().relative_to(Path.cwd()))
    return None
