"""The pages on what Python is given: `import orchestrator`, and the context of a task."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import orchestrator
from docs.hooks.docstrings import UndocumentedError, attributes_of, signature_of, text_of
from orchestrator.engine.context import Context
from orchestrator.engine.members import GatheredTrial
from orchestrator.messages.errors import OrchestratorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FOR_TASKS = (
    *("seed", "log", "checkpoint", "saving", "should_stop"),
    *("artifact", "need", "members", "data", "code"),
)
"""What a context offers to a task; the rest is for the engine."""
SHOWN = {
    "StudyHandle": "study",
    "TrialHandle": "trial",
    "ResultTable": "table",
    "PlanTable": "plan",
    "Status": "status",
    "GatheredTrial": "member",
}
"""Class -> what examples call one of it."""
_HEAD = """# import orchestrator

What a program or a notebook is given; [Studies in Python](../python.md) shows how it goes together. \
Nothing heavy is imported before it is asked for.
"""
_CONTEXT_HEAD = """# What a task is handed

A task is a function `run(params, context)`: its parameters, checked, and a context with all else. It \
returns its metrics, a mapping of names to numbers.
"""


def python_page() -> str:
    """Return the page on `import orchestrator` as Markdown."""
    names = {name: getattr(orchestrator, name) for name in orchestrator.__all__}
    errors = [thing for thing in names.values() if _is_error(thing)]
    functions = {name: thing for name, thing in names.items() if inspect.isfunction(thing)}
    classes = {name: thing for name, thing in names.items() if name not in functions and thing not in errors}
    lines = [_HEAD, "## Functions", ""]
    for name in sorted(functions, key=["load", "define"].index):
        lines += _function(f"orchestrator.{name}", functions[name], name)
    for name in sorted(classes, key=list(SHOWN).index):
        lines += class_lines(name, classes[name])
    lines += ["## Errors", "", "| error | below | what it says |", "|---|---|---|"]
    for error in errors:
        text = inspect.getdoc(error) or ""
        lines.append(f"| `orchestrator.{error.__name__}` | `{error.__base__.__name__}` | {text} |")
    return "\n".join(lines) + "\n"


def context_page() -> str:
    """Return the page on the context of a task as Markdown."""
    lines = [_CONTEXT_HEAD, *member_lines("context", Context, FOR_TASKS), ""]
    return "\n".join([*lines, *class_lines("GatheredTrial", GatheredTrial)]) + "\n"


def class_lines(name: str, thing: type) -> Iterator[str]:
    """Yield a class with its public members, in the order in which they are written."""
    yield from (f"## {name} {{ #{name.lower()} }}", "", text_of(thing, name), "")
    own = [member for member in vars(thing) if not member.startswith("_")]
    yield from member_lines(SHOWN[name], thing, list(dict.fromkeys([*attributes_of(thing), *own])))


def member_lines(prefix: str, thing: type, members: Sequence[str]) -> Iterator[str]:
    """Yield members of a class, each below a heading; UndocumentedError for one that nobody explains."""
    attributes = attributes_of(thing)
    for member in members:
        found = inspect.getattr_static(thing, member, None)
        shown = f"{prefix}.{member}"
        if callable(found):
            yield from _function(shown, found, f"{prefix}-{member}")
            continue
        if isinstance(found, property) and found.fget is not None:
            kind, text = str(inspect.signature(found.fget).return_annotation), text_of(found, shown)
        elif member in attributes:
            kind, text = attributes[member]
        else:
            raise UndocumentedError(f"`{shown}` is not explained: write a docstring below it")
        yield from (f"### `{shown}` {{ #{prefix}-{member} }}", "")
        if kind.strip("'"):
            kind = kind.strip("'")
            yield from (f"`#!python {kind}`", "{ .takes }", "")
        yield from (text, "")


def _function(shown: str, function: Any, anchor: str) -> Iterator[str]:
    yield from (f"### `{shown}` {{ #{anchor} }}", "")
    yield from ("```python", signature_of(shown, function), "```", "", text_of(function, shown), "")


def _is_error(thing: Any) -> bool:
    return inspect.isclass(thing) and issubclass(thing, OrchestratorError)
