"""Numbers as a Markdown table: what was measured down, the sizes of the study across."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def table(title: str, columns: Mapping[str, Mapping[str, float]]) -> str:
    """Return one column for each mapping; a row that a column lacks stays empty there."""
    rows = dict.fromkeys(name for column in columns.values() for name in column)
    lines = [f"| {title} | {' | '.join(columns)} |", f"|---|{'--:|' * len(columns)}"]
    lines += [
        f"| {name} | {' | '.join(number(column.get(name)) for column in columns.values())} |" for name in rows
    ]
    return "\n".join(lines)


def number(value: float | None) -> str:
    """Return a number with what can be told of it: three digits, but whole numbers whole."""
    if value is None:
        return ""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:#.3g}".rstrip(".")
