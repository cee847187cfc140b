"""What a key takes, in words: of a part of a JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from orchestrator.schemas.walk import NULL, OF_AXIS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.schemas.walk import Schema

    Link = Callable[[str, bool], str]
    """Takes the name of a definition, and whether several are meant; returns a link to it."""

_BOOLEAN = "`true` or `false`"
_ONE = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": _BOOLEAN}
_SEVERAL = {"string": "texts", "integer": "whole numbers", "number": "numbers", "boolean": _BOOLEAN}
_NUMBERS = {"integer", "number"}
_LARGEST = 1_000_000
"""A limit beyond it is none that anybody meets."""
_HINT = "write for example "
"""How the messages of patterns begin."""


def takes(part: Schema, link: Link, *, several: bool = False) -> str:
    """Return what a part of a schema takes, as Markdown; in the plural for the items of a list.

    `${axis}` is no form of its own: what may say it says so once, for all of its keys. Null is one where
    it is something else than to leave the key out.
    """
    wanted = [form for form in forms(part) if form != OF_AXIS]
    if part.get("default") is None:
        wanted = [form for form in wanted if form != NULL]
    wanted.sort(key=lambda form: form.get("type") == "object")  # the longest words last
    return listed(dict.fromkeys(_form(form, link, several=several) for form in wanted))


def forms(part: Schema) -> list[Schema]:
    """Return the forms that a part may have, each with the limits that hold for all."""
    limits = {key: value for key, value in part.items() if key not in {"anyOf", "description", "default"}}
    if "anyOf" not in part:
        return [limits]
    return [limits | inner for form in part["anyOf"] for inner in forms(form)]


def listed(words: Iterable[str]) -> str:
    """Return `a, b or c`; with a comma before the `or` where a part has one of its own."""
    *most, last = words
    if not most:
        return last
    return f"{', '.join(most)}{',' if any(' or ' in word for word in (*most, last)) else ''} or {last}"


def as_yaml(value: Any) -> str:
    """Return a plain value as one writes it in YAML, on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _form(form: Schema, link: Link, *, several: bool) -> str:
    if "$ref" in form:
        return link(form["$ref"].rpartition("/")[2], several)
    if "enum" in form or "const" in form:
        return listed(f"`{as_yaml(value)}`" for value in form.get("enum", [form.get("const")]))
    kind = form.get("type")
    if kind == "array":
        return f"{'lists' if several else 'a list'} of {takes(form.get('items', {}), link, several=True)}"
    if kind == "object":
        return _mapping(form.get("additionalProperties"), link)
    if kind == "string" and "patternErrorMessage" in form:
        return f"text as {form['patternErrorMessage'].removeprefix(_HINT)}"
    if kind == "null":
        return "`null`"
    if kind is None:
        return "values" if several else "any value"
    name = (_SEVERAL if several else _ONE)[kind]
    return f"{name} {limits}" if kind in _NUMBERS and (limits := _limits(form)) else name


def _mapping(values: Any, link: Link) -> str:
    """Return in words a mapping of names to values of one kind, or of several."""
    inner = values if isinstance(values, dict) else {}
    if len(forms(inner)) == 1 and inner.get("type") != "object" and "enum" not in inner:
        return f"names with {takes(inner, link, several=True)}"
    return f"names, each with {takes(inner, link)}"


def _limits(form: Schema) -> str:
    least, above = form.get("minimum"), form.get("exclusiveMinimum")
    most, below = form.get("maximum", _LARGEST), form.get("exclusiveMaximum")
    if above is not None:
        return f"above {above}" if below is None else f"above {above} and below {below}"
    if least is None:
        return ""
    return f"from {least} to {most}" if most < _LARGEST else f"from {least} on"
