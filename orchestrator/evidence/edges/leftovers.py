"""What trials and submissions have left on the disk: how much that is, and how it goes.

What goes is renamed first: nothing that is half removed has the name of something whole.

    .gone-<name>.<pid>.<random>     on its way out; whoever finds it may remove it
    .aside-<code>                   a snapshot that `clean` asks about once more, for a moment
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

from orchestrator.evidence.removable import CODE, Leftover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder

ASIDE = ".aside-"
_GONE = re.compile(r"\.gone-(.+)\.\d+\.[0-9a-f]{8}")
_SNAPSHOT = re.compile(r"[0-9a-f]{12}")
_COPY = re.compile(r"\.[0-9a-f]{12}\.\d+\.[0-9a-f]{8}")
_BLOCK = 512
"""Bytes of a block, as stat(2) counts them."""
_LONG_S = 86400
"""So old is nothing that somebody is at: a copy's name does not say on which machine it is made."""


def left_by_trial(runs: RunFolder, folder: TrialFolder, newest: int) -> Iterator[Leftover]:
    """Yield the folders that a trial may not need once it is done; links to folders are left alone."""
    attempts = [] if folder.attempts.is_symlink() else _folders(folder.attempts)
    named = [(path, "checkpoint") for path in _folders(folder.path)]
    named += [(path, "work") for attempt in attempts if attempt.name.isdigit() for path in _folders(attempt)]
    for path, expected in named:
        gone = _GONE.fullmatch(path.name)
        kind = _kind(gone[1] if gone else path.name)
        if kind == expected or (kind, expected) == ("set-aside", "checkpoint"):
            where = str(path.relative_to(runs.path))
            yield Leftover(kind=kind, path=where, owner=folder.id, newest=newest, gone=gone is not None)


def _kind(name: str) -> str:
    return "set-aside" if name.startswith("checkpoint.until-") else name


def left_by_submissions(runs: RunFolder, study: str) -> Iterator[Leftover]:
    """Yield the snapshots of a study, and what is left of those that were never finished or half removed."""
    for path in _folders(runs.study(study) / "code"):
        where, old = str(path.relative_to(runs.path)), _is_old(path)
        if _GONE.fullmatch(path.name) or (_COPY.fullmatch(path.name) and old):
            yield Leftover(kind=CODE, path=where, owner="", gone=True)
        elif _SNAPSHOT.fullmatch(path.name) or (path.name.startswith(ASIDE) and old):
            code = path.name.removeprefix(ASIDE)
            twin = path.name != code and path.with_name(code).exists()
            yield Leftover(kind=CODE, path=where, owner=code, gone=twin)


def _folders(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as entries:
            return sorted(path / entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _is_old(path: Path) -> bool:
    with suppress(OSError):
        return time.time() - path.stat().st_mtime > _LONG_S
    return False


def disk_use(folder: Path) -> int:
    """Return how many bytes are free once a folder is gone.

    Links are not followed, and of a file that has names elsewhere nothing becomes free.
    """
    total, names, left = 0, Counter[tuple[int, int, int, int]](), [str(folder)]
    while left:
        with suppress(OSError), os.scandir(left.pop()) as entries:  # gone meanwhile, or not to be read
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                    total += found.st_blocks * _BLOCK
                else:
                    names[found.st_dev, found.st_ino, found.st_nlink, found.st_blocks] += 1
    return total + sum(blocks * _BLOCK for (_, _, links, blocks), here in names.items() if here >= links)


def set_gone(path: Path) -> Path | None:
    """Take the name from a folder that is to be removed; None where somebody else was faster."""
    gone = path.with_name(f".gone-{path.name.lstrip('.')}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        path.rename(gone)
    except FileNotFoundError:
        return None
    return gone


def remove_gone(path: Path) -> None:
    """Remove what has no name of its own any more; OSError for what cannot be removed."""
    while os.path.lexists(path):
        with suppress(FileNotFoundError):  # somebody else is at it too
            shutil.rmtree(path)


def set_code_aside(folder: Path, code: str) -> bool:
    """Take the name from a snapshot, to ask once more who needs it; say whether it had one."""
    try:
        os.utime(folder / code)  # whoever finds it aside sees that somebody is at it
        (folder / code).rename(folder / f"{ASIDE}{code}")
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST}:  # somebody else is at it
            return False
        raise
    return True


def set_record_aside(folder: Path, code: str) -> None:
    """Take the name from the record of a snapshot that has none either."""
    with suppress(FileNotFoundError):
        (folder / f"{code}.json").rename(folder / f"{ASIDE}{code}.json")


def put_code_back(folder: Path, code: str) -> None:
    """Give a snapshot its name again, unless another copy has it by now; so its record."""
    with suppress(OSError):  # `submit` found none, and took it again
        (folder / f"{ASIDE}{code}").rename(folder / code)
    record = folder / f"{ASIDE}{code}.json"
    with suppress(FileNotFoundError, FileExistsError):
        os.link(record, folder / f"{code}.json")
    record.unlink(missing_ok=True)
