"""Who may write to a run folder: the owner and, where the umask says so, the group; never everybody.

What lies in a run folder is run: its copy of the code by every worker, its job scripts by the cluster.
"""

from __future__ import annotations

import os
import stat
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_FILE = 0o666 & ~stat.S_IWOTH
_FOLDER = 0o777 & ~stat.S_IWOTH
_FLAGS = {"w": os.O_WRONLY | os.O_CREAT | os.O_TRUNC, "a": os.O_WRONLY | os.O_CREAT | os.O_APPEND}


def bar_strangers() -> None:
    """Take from everybody the right to write to what this program, and those that it starts, will make."""
    os.umask(os.umask(stat.S_IWOTH) | stat.S_IWOTH)


def open_own(path: Path, mode: str) -> IO[Any]:
    """Open a file to write as `open` does (`w`, `wb` or `a`), whatever a task has made of the umask."""
    descriptor = os.open(path, _FLAGS[mode[0]] | os.O_CLOEXEC, _FILE)
    return os.fdopen(descriptor, mode, encoding=None if "b" in mode else "utf-8")


def make_folder(path: Path) -> None:
    """Make a folder and those that it lies in where they are not there, whatever the umask is."""
    try:
        path.mkdir(_FOLDER)
    except FileNotFoundError:
        make_folder(path.parent)
        make_folder(path)
    except FileExistsError:
        if not path.is_dir():
            raise


def open_to_strangers(path: Path) -> bool:
    """Say whether everybody on this machine may lay files into a folder; False where there is none."""
    try:
        return bool(path.stat().st_mode & stat.S_IWOTH)
    except OSError:
        return False
