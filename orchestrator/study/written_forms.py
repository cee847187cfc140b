"""What models say to editors of the forms in which they may be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def exactly_one(*keys: str) -> Callable[[dict[str, Any]], None]:
    """Return what lets a model's JSON Schema demand one of these keys, as its validator does."""

    def demand(schema: dict[str, Any]) -> None:
        required = [key for key in schema.pop("required", []) if key not in keys]
        if required:
            schema["required"] = required
        schema["oneOf"] = [{"required": [key]} for key in keys]

    return demand
