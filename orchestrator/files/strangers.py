"""Who may write to a run folder: the owner and, where the umask says so, the group; never everybody.

What lies in a run folder is run: its copy of the code by every worker, its job scripts by the cluster.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def bar_strangers() -> None:
    """Take from everybody the right to write to what this program, and those that it starts, will make."""
    os.umask(os.umask(stat.S_IWOTH) | stat.S_IWOTH)


def open_to_strangers(path: Path) -> bool:
    """Say whether everybody on this machine may lay files into a folder; False where there is none."""
    try:
        return bool(path.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return False
