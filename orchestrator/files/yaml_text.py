"""Plain values as the text of a YAML file that people read, and that is read back as the same values."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LONG = 100
"""Letters of a line; a list of mappings that would be longer has a line for each."""
_BARE = re.compile(r"[A-Za-z_][\w./-]*", re.ASCII)
"""What needs no quotes, unless it is one of"""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPED = re.compile("[\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What JSON leaves as it is, and YAML takes for the end of a line or does not read."""


def yaml_text(data: Mapping[str, Any]) -> str:
    """Return the text: a line for each key, and lists of plain values in one; of many mappings one each."""
    return "".join(f"{line}\n" for line in _lines(data)) or "{}\n"


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict) and any(isinstance(inner, dict | list) for inner in value.values()):
            yield f"{_text(key)}:"
            yield from (f"  {line}" for line in _lines(value))
            continue
        line = f"{_text(key)}: {_flow(value)}"
        if (
            isinstance(value, list)
            and value
            and len(line) > _LONG
            and all(isinstance(one, dict) for one in value)
        ):
            yield f"{_text(key)}:"
            yield from (f"  - {_flow(one)}" for one in value)
        else:
            yield line


def _flow(value: Any) -> str:
    """Return a value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: object) -> str:
    if not isinstance(text, str):  # a key may be a number
        return json.dumps(text)
    if _BARE.fullmatch(text) and text.lower() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)
