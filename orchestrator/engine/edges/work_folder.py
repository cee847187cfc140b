"""The folder that an attempt runs in: its own, with the files of the project linked into it.

A snapshot brings links along that have only to be given a second name: making new ones would cost a short
trial some of its time, for they are files that the next record must be safe on disk with.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import chdir, contextmanager
from typing import TYPE_CHECKING

from orchestrator.evidence.edges.snapshot import LINKS, is_linked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def work_folder(folder: Path, code: Path) -> Iterator[None]:
    """Make a folder with links to what a snapshot of the project holds, and be in it.

    Modules are imported from the snapshot all the same, whatever relative entries `sys.path` has.
    """
    folder.mkdir()
    with os.scandir(code) as entries:
        for entry in entries:
            if is_linked(entry.name):
                _lay(entry, code / LINKS / entry.name, folder / entry.name)
    before = sys.path[:]
    sys.path[:] = [os.path.abspath(code / path) if isinstance(path, str) else path for path in before]  # noqa: PTH100
    try:
        with chdir(folder):
            yield
    finally:
        sys.path[:] = before


def remove_work_folder(folder: Path) -> None:
    """Remove the folder of an attempt that is done; what the links lead to stays."""
    shutil.rmtree(folder, ignore_errors=True)


def _lay(entry: os.DirEntry[str], prepared: Path, link: Path) -> None:
    """Link an entry of the snapshot; a folder kept for files to come, as with a `.gitkeep`, is made anew."""
    if entry.is_dir() and _is_kept_empty(entry.path):
        link.mkdir()
        return
    try:
        if os.readlink(prepared) == entry.path:  # noqa: PTH115 - hot; else the run folder was moved
            os.link(prepared, link, follow_symlinks=False)
            return
    except OSError:  # an older snapshot, or a file system that gives links no second name
        pass
    link.symlink_to(entry.path)


def _is_kept_empty(folder: str) -> bool:
    with os.scandir(folder) as entries:
        return all(entry.name.startswith(".") for entry in entries)
