"""How wide a network is: the share that it has of the published one's channels.

This file imports no torch: a study is checked with it before anything is queued.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def scaled(channels: int, width: float) -> int:
    """Return so large a share of channels, and at least one."""
    return max(1, round(channels * width))


def noted(width: float) -> dict[str, str]:
    """Return what a file of weights notes about its width; one that notes nothing is of width 1."""
    return {} if width == 1 else {"width": str(width)}


def read(notes: Mapping[str, str]) -> float:
    """Return the width that a file of weights notes."""
    return float(notes.get("width", 1))
