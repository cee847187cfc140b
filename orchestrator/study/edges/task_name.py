"""From a task's name in the study file to its module, and to what in it is meant."""

from __future__ import annotations

import importlib.util
import inspect
import pkgutil
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from orchestrator.messages.errors import TaskError
from orchestrator.messages.problems import nearest
from orchestrator.study.command import TASK
from orchestrator.study.edges.task_import import imported

if TYPE_CHECKING:
    from types import ModuleType

_OURS = {TASK: "orchestrator.engine.command_task"}
"""Tasks of our own -> their modules, which no module of a project can hide."""
_FILE = re.compile(r"(?P<path>.*?)(?:\.py)?(?::(?P<inside>[\w.]+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a name stands for."""

    name: str
    """As trials say it: with dots, whatever way it was written, but where these would mean a module."""
    module: ModuleType
    path: tuple[str, ...]
    """A function or class of the module, or a class and its method; it may not be there."""


def located(name: str) -> Named:
    """Return what is meant by `module`, `module.function`, `module.Class.method` or `module:function`.

    With dots alone the whole name is a module first. Raises TaskError where there is no such module.
    """
    _check_spelling(name)
    outer, colon, inner = name.partition(":")
    if colon:
        return _explicit(outer, inner)
    module = imported(_OURS.get(name, name))
    if module is not None:
        return Named(name=name, module=module, path=("run",))
    outer, _, function = name.rpartition(".")
    module = imported(outer) if outer else None
    path: tuple[str, ...] = (function,)
    if module is None:
        around, _, owner = outer.rpartition(".")
        module, path = imported(around) if around else None, (owner, function)
    if module is None or (not hasattr(module, path[0]) and hasattr(module, "__path__")):
        kind = "module or function" if module is not None and len(path) == 1 else "module"
        raise TaskError(f"there is no {kind} `{name}`", nearest_module(name))
    return Named(name=name, module=module, path=path)


def _explicit(outer: str, inner: str) -> Named:
    """Return what is meant by `module:function` or `module:Class.method`."""
    module, path = imported(outer), tuple(inner.split("."))
    if module is None:
        raise TaskError(f"there is no module `{outer}`", nearest_module(outer))
    if len(path) > 2:
        raise TaskError(
            f"`{outer}:{inner}` goes too deep", "write `module:function` or `module:Class.method`"
        )
    sign = ":" if _is_module(module, f"{outer}.{path[0]}") else "."
    return Named(name=f"{outer}{sign}{inner}", module=module, path=path)


def _is_module(outer: ModuleType, name: str) -> bool:
    if hasattr(outer, "__path__"):
        with suppress(ImportError, ValueError):
            return importlib.util.find_spec(name) is not None
    return False


def _check_spelling(name: str) -> None:
    """Raise TaskError where this is no name, but a command, a file or something else."""
    words = name.split()
    if len(words) > 1 and any("/" in word or word.endswith(".py") for word in words):
        raise TaskError(
            f"`{name}` is a command, and a task is a function in a module",
            f"write `command: {name}` in place of `task:`",
        )
    if name.endswith(".py") or "/" in name or ".py:" in name:
        raise TaskError(f"`{name}` is a file, and a task is a function in a module", _instead_of_file(name))
    if not re.fullmatch(r"[^:]+(:[^:]+)?", name) or not all(map(str.isidentifier, re.split("[.:]", name))):
        raise TaskError(
            f"`{name}` is not the name of a module or function", "write for example `tasks.gender`"
        )


def _instead_of_file(name: str) -> str:
    """Return a hint: the module of a file, and how to run it as a script."""
    found = _FILE.fullmatch(name)
    path = PurePath(found["path"] if found else name)
    inside = f":{found['inside']}" if found and found["inside"] else ""
    script = f"`command: {as_script(path)}` in place of `task:`"
    if path.is_absolute() or not all(part.isidentifier() for part in path.parts):
        return f"write {script}, or name a module of the project, for example `task: tasks.gender`"
    return f"write `task: {'.'.join(path.parts)}{inside}`, or {script} for a script"


def as_script(path: PurePath) -> str:
    """Return the command that runs a file; one without a suffix is Python."""
    program = {"": "python ", ".py": "python ", ".sh": "bash "}.get(path.suffix, "")
    return f"{program}{path if path.suffix else path.with_suffix('.py')}"


def functions(module: ModuleType) -> list[str]:
    """Return the public functions and classes of a module."""
    return [
        name
        for name, thing in inspect.getmembers(module)
        if not name.startswith("_") and (inspect.isfunction(thing) or inspect.isclass(thing))
    ]


def nearest_module(name: str) -> str:
    """Return a hint: modules and functions beside the one looked for that have nearly its name."""
    outer, _, last = name.rpartition(".")
    parent = imported(outer) if outer else None
    if outer and parent is None:
        return nearest_module(outer)
    folders = getattr(parent, "__path__", None) if parent else [str(Path.cwd())]
    names = [module.name for module in pkgutil.iter_modules(folders)] if folders else []
    inside = functions(parent) if parent else []
    prefix = f"{outer}." if outer else ""
    beside = ", ".join(f"`{prefix}{other}`" for other in names[:12]) or "none"
    otherwise = f"modules beside it: {beside}; modules are looked for in this folder and in the environment"
    return nearest(last, [*names, *inside], otherwise, prefix=prefix)
