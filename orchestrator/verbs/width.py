"""How much room there is for what is printed."""

from __future__ import annotations

import shutil
import sys


def terminal_width() -> int | None:
    """Return how many letters a line of standard output has room for; None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def terminal_size() -> tuple[int, int] | tuple[None, None]:
    """Return the columns and rows of standard output; None for both where it is no terminal."""
    if not sys.stdout.isatty():
        return None, None
    columns, rows = shutil.get_terminal_size()
    return columns, rows
