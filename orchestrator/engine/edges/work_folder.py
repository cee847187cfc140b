"""The folder that an attempt runs in: its own, with links to the files of the project.

A worker makes one and lends it to its attempts, one after the other, as long as each leaves it as it was: to
make and to remove a link per file costs a short trial more than all else that it writes.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import chdir, contextmanager
from typing import TYPE_CHECKING

from orchestrator.files.strangers import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNTOUCHED = 1
"""The time of folders that nothing was done to since they were made, whatever clock and grain a disk has."""
_BROUGHT = ".links-for-trials"
"""What snapshots up to version 0.2 have besides the project."""


class SpareFolder:
    """A folder with the links of a snapshot that is lent to one attempt at a time."""

    def __init__(self, path: Path, code: Path) -> None:
        self._path, self._code = path, code
        self._whole = False
        """Whether it is in its place, or with an attempt that will give it back."""

    def lend(self, folder: Path) -> None:
        """Let an attempt run in it, under this name."""
        if not self._whole:
            self.remove()
            make_folder(self._path.parent)
            _make(self._path, self._code)
            for place in (*_own_folders(self._path), self._path):
                os.utime(place, (_UNTOUCHED, _UNTOUCHED))
        self._whole = False
        try:
            self._path.rename(folder)
        except OSError:  # trials may lie on another disk
            _make(folder, self._code)

    def take_back(self, folder: Path) -> None:
        """Have it back from an attempt that is done; one that has left something there loses that."""
        if _is_untouched(folder):
            folder.rename(self._path)
            self._whole = True
        else:
            shutil.rmtree(folder, ignore_errors=True)

    def remove(self) -> None:
        """Remove it, if it is not lent; what the links lead to stays."""
        shutil.rmtree(self._path, ignore_errors=True)


@contextmanager
def work_folder(folder: Path, code: Path) -> Iterator[None]:
    """Be in a folder with links to what a snapshot of the project holds; it is made if it is not there.

    Modules are imported from the snapshot all the same, whatever relative entries `sys.path` has.
    """
    if not folder.exists():
        _make(folder, code)
    before = sys.path[:]
    sys.path[:] = [os.path.abspath(code / path) if isinstance(path, str) else path for path in before]  # noqa: PTH100
    try:
        with chdir(folder):
            yield
    finally:
        sys.path[:] = before


def _make(folder: Path, code: Path) -> None:
    """Make a folder with a link to each entry of a snapshot but modules: those are imported from there."""
    folder.mkdir()
    with os.scandir(code) as entries:
        for entry in entries:
            if entry.is_dir() and _is_kept_empty(entry.path):  # for files to come, as with a `.gitkeep`
                (folder / entry.name).mkdir()
            elif not entry.name.endswith(".py") and entry.name not in {_BROUGHT, "__pycache__"}:
                (folder / entry.name).symlink_to(entry.path)


def _is_kept_empty(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return all(entry.name.startswith(".") for entry in entries)


def _is_untouched(folder: Path) -> bool:
    """Say whether nothing was laid into a lent folder or taken out of it: that would have given it a time."""
    try:
        return all(place.stat().st_mtime == _UNTOUCHED for place in (folder, *_own_folders(folder)))
    except OSError:
        return False


def _own_folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [folder / entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
