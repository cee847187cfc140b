"""How wide what is printed may be."""

from __future__ import annotations

import shutil
import sys


def terminal_width() -> int | None:
    """Return how many letters a line of standard output has room for; None where it is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
