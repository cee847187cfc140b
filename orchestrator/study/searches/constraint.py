"""Conditions on searched parameters, as `lr * batch_size <= 1`: what they mean, and which are none."""

from __future__ import annotations

import ast
import functools
import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FUNCTIONS = {
    "min": min,
    "max": max,
    "abs": abs,
    "sqrt": math.sqrt,
    "log": math.log,
    "log2": math.log2,
    "log10": math.log10,
    "exp": math.exp,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
    "int": int,
    "len": len,
}
"""What a condition may call."""
_NODES = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Pow,
    ast.Compare,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Attribute,
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Subscript,
)
"""What a condition may be made of."""
WORDS = {"true": True, "false": False, "null": None}
"""Names that YAML has for values."""


class ConstraintError(ValueError):
    """What a condition says is none, or cannot be computed."""


@functools.lru_cache(maxsize=256)
def names_in(condition: str) -> frozenset[str]:
    """Return the names that a condition speaks of, with their parts: `opt.lr`.

    Raises ConstraintError where it is not written as one.
    """
    try:
        tree = ast.parse(condition.strip(), mode="eval")
    except SyntaxError as error:
        raise ConstraintError(f"`{condition}` cannot be read: {error.msg}") from error
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, _NODES) or (isinstance(node, ast.Call) and node.keywords):
            raise ConstraintError(f"`{condition}` has more in it than a condition may have")
        if isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS):
            raise ConstraintError(f"`{condition}` calls what it may not: there are {', '.join(FUNCTIONS)}")
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and id(node) not in called | inner:
            found.add(ast.unparse(node))
    return frozenset(found - WORDS.keys())


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> ast.AST:
    from simpleeval import EvalWithCompoundTypes

    parsed: ast.AST = EvalWithCompoundTypes.parse(text)
    return parsed


def holds(condition: str, params: Mapping[str, Any]) -> bool:
    """Say whether a condition is true of parameters, nested ones as mappings.

    Raises ConstraintError where it cannot be computed, as the root of a number below 0.
    """
    from simpleeval import EvalWithCompoundTypes

    text, names = condition.strip(), {**WORDS, **{name: _with_parts(value) for name, value in params.items()}}
    try:
        reader = EvalWithCompoundTypes(functions=FUNCTIONS, names=names)
        return bool(reader.eval(text, previously_parsed=_parsed(text)))
    except Exception as error:  # simpleeval has many, and values may be of any type
        raise ConstraintError(f"`{condition}` cannot be computed: {error}") from error


def _with_parts(value: Any) -> Any:
    """Return a mapping as something whose parts are attributes, whatever methods mappings have."""
    if not isinstance(value, dict):
        return value
    return SimpleNamespace(**{str(name): _with_parts(part) for name, part in value.items()})


def fulfilled(conditions: Collection[str], params: Mapping[str, Any], silent: Collection[str] = ()) -> bool:
    """Say whether parameters meet all conditions: one that speaks of what is not searched here does.

    One that cannot be computed for them is not met.
    """
    for condition in conditions:
        if not names_in(condition).isdisjoint(silent):
            continue
        try:
            if not holds(condition, params):
                return False
        except ConstraintError:
            return False
    return True
