"""What stands in the docstrings of functions, classes and their members, as Markdown."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = 88
"""Letters of a signature; a longer one has a line for each parameter."""


class UndocumentedError(Exception):
    """A public name has no docstring."""


def text_of(thing: Any, name: str) -> str:
    """Return a docstring as Markdown, its examples as blocks.

    Raises UndocumentedError where there is none.
    """
    found = inspect.getdoc(thing)
    if not found:
        raise UndocumentedError(f"`{name}` has no docstring")
    blocks = re.split(r"((?:^>>>.*\n?(?:^(?!>>>|\n).*\n?)*)+)", found, flags=re.MULTILINE)
    return "\n".join(
        f"```pycon\n{block.strip()}\n```\n" if block.startswith(">>>") else block for block in blocks
    )


def signature_of(name: str, function: Callable[..., Any]) -> str:
    """Return a function as one would write its `def`, without itself as a parameter."""
    found = inspect.signature(function)
    parts: list[str] = []
    for one in found.parameters.values():
        if one.name == "self":
            continue
        if one.kind is one.KEYWORD_ONLY and "*" not in parts and not any(p.startswith("*") for p in parts):
            parts.append("*")
        star = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        default = "" if one.default is one.empty else f" = {one.default!r}"
        parts.append(f"{star}{one.name}{_annotation(one.annotation, one.empty)}{default}")
    returned = _annotation(found.return_annotation, found.empty).replace(": ", " -> ")
    line = f"{name}({', '.join(parts)}){returned}"
    if len(line) <= _LINE:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){returned}"


def _annotation(given: Any, empty: Any) -> str:
    return (
        ""
        if given is empty
        else f": {given if isinstance(given, str) else getattr(given, '__name__', given)}"
    )


def attributes_of(thing: type) -> dict[str, tuple[str, str]]:
    """Return the attributes that a docstring below explains: name -> type and text.

    Those of the class's body, and those that its `__init__` sets.
    """
    body = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0]
    assert isinstance(body, ast.ClassDef)
    makes = [part for part in body.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
    found: dict[str, tuple[str, str]] = {}
    for statement, below in itertools.pairwise([*body.body, *(line for make in makes for line in make.body)]):
        name = _set_by(statement)
        if name and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            kind = ast.unparse(statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
            found[name] = (kind, " ".join(str(below.value.value).split()))
    return found


def _set_by(statement: ast.stmt) -> str:
    """Return the public name that a statement sets, of a class or of `self`; empty for any other."""
    if isinstance(statement, ast.AnnAssign):
        target: ast.expr = statement.target
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    else:
        return ""
    name = (
        target.attr
        if isinstance(target, ast.Attribute)
        else target.id
        if isinstance(target, ast.Name)
        else ""
    )
    return "" if name.startswith("_") else name
