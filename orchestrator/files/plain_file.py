"""Files that somebody else may have laid: read without waiting for a pipe, and without surprises."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

LARGEST_RECORD = 256 * 1024**2
"""Bytes of a file that is read whole; the largest, of a study of 100,000 trials, has a quarter of that."""
_STALE_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)
"""The client of a network file system may know a file that was replaced by its old handle for a second."""


class UnreadableError(Exception):
    """A file is there but cannot be read; its text says why, without the file's name."""


def plain_bytes(path: Path, most: int = LARGEST_RECORD, *, tail: int | None = None) -> bytes:
    """Return what a file holds, or only its last `tail` bytes.

    Raises FileNotFoundError when it is not there, UnreadableError when it is no plain file, cannot be opened
    or is larger than `most` bytes.
    """

    def read(file: BinaryIO, size: int) -> bytes:
        if tail is None and size > most:
            raise UnreadableError(f"it has {size:,} bytes, and at most {most:,} are read")
        file.seek(0 if tail is None else max(0, size - tail))
        return file.read(most + 1)

    return _patiently(path, read)


def bytes_from(path: Path, start: int, most: int) -> tuple[bytes, int]:
    """Return at most so many bytes of a file from a place on, and the place: 0 where it ends before that.

    Raises FileNotFoundError and UnreadableError, as `plain_bytes`.
    """

    def read(file: BinaryIO, size: int) -> tuple[bytes, int]:
        place = start if size >= start else 0
        file.seek(place)
        return file.read(most), place

    return _patiently(path, read)


def _patiently(path: Path, read: Callable[[BinaryIO, int], T]) -> T:
    """Return what is read of an open plain file and its size, again where it was replaced meanwhile."""
    for pause_s in (*_STALE_PAUSES_S, None):
        try:
            return _opened(path, read)
        except FileNotFoundError:
            raise
        except ValueError as error:  # a NUL in its name
            raise UnreadableError(str(error)) from error
        except OSError as error:
            if error.errno != errno.ESTALE or pause_s is None:
                raise UnreadableError(error.strerror or str(error)) from error
            time.sleep(pause_s)
    raise AssertionError("the last try returns or raises")


def _opened(path: Path, read: Callable[[BinaryIO, int], T]) -> T:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # of a pipe nobody may write
    try:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise UnreadableError("it is a folder")
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableError("it is a pipe or a device, not a file")
        with open(descriptor, "rb", closefd=False) as file:
            return read(file, found.st_size)
    finally:
        with contextlib.suppress(OSError):  # a network file system finds it replaced, but it was read whole
            os.close(descriptor)


def is_plain(path: Path) -> bool:
    """Say whether a file is there, whatever stands in its name."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, a NUL in it
        return False


def is_utf8(path: Path) -> bool:
    """Say whether a path can be written down: names of files may hold any bytes."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def files_below(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """Return the files below a folder, links to files among them, each with what a link leads to.

    Files that go while somebody looks are left out; the list is empty when the folder is not there.
    """
    found = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            with contextlib.suppress(OSError):  # renamed or removed since, or a link that leads nowhere
                status = path.stat()
                if stat.S_ISREG(status.st_mode):
                    found.append((path, status))
    return found


def plain_text(path: Path, most: int = LARGEST_RECORD) -> str:
    """Return the UTF-8 text of a file, its lines ended by `\\n`.

    Raises FileNotFoundError and UnreadableError, as `plain_bytes`.
    """
    try:
        text = plain_bytes(path, most).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"byte {error.start + 1} is not UTF-8 text") from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
