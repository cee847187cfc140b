"""Names that are too long for their place, cut so that no two of them read the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK = "…"
_TAILS = (0.6, 0.4, 0.8, 0.2, 1.0, 0.0)
"""Shares of the room for the end of a name, which says more than its beginning."""


def cut_all(names: Sequence[str], width: int) -> list[str]:
    """Return the names in at most `width` letters each; different ones stay different."""
    found = [_cut_before_last(name, width) for name in names]
    if len(set(found)) == len(set(names)):
        return found
    for tail in _TAILS:
        found = [_cut(name, width, tail) for name in names]
        if len(set(found)) == len(set(names)):
            return found
    numbers = {name: str(number) for number, name in enumerate(dict.fromkeys(names), 1)}
    return [_cut(name, width - len(numbers[name]) - 1, 0.0) + f" {numbers[name]}" for name in names]


def _cut_before_last(name: str, width: int) -> str:
    """Return the name with the last of its parts whole, as `face_segm….mean_mask`, where that can be."""
    last = re.search(r"\.[A-Za-z_]\w*$", name)
    room = max(1, width - len(_MARK))
    return _cut(name, width, len(last[0]) / room if last and len(last[0]) < room else _TAILS[0])


def _cut(name: str, width: int, tail: float) -> str:
    if len(name) <= width:
        return name
    room = max(0, width - len(_MARK))
    last = round(room * tail)
    return name[: room - last] + _MARK + (name[-last:] if last else "")
