"""A disk of a few megabytes that only one program and what it starts can see, and that can be filled."""

from __future__ import annotations

import ctypes
import errno
import os
import pickle
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from orchestrator.messages.errors import OrchestratorError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_LIBC = ctypes.CDLL(None, use_errno=True)
_NEW_USER, _NEW_MOUNTS = 0x10000000, 0x00020000
_PRIVATE, _RECURSIVE = 1 << 18, 1 << 14
"""CLONE_* of unshare(2), MS_* of mount(2)."""
_BLOCK = 1 << 16


class NoSmallDiskError(OrchestratorError):
    """This machine lets this user mount nothing."""


def with_small_disk(folder: Path, size: int, work: Callable[[], T]) -> T:
    """Return what `work` returns in a program of its own that sees a disk of `size` bytes at `folder`.

    Raises NoSmallDiskError where that is not permitted.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mine, theirs = os.pipe()
    child = os.fork()
    if not child:
        os.close(mine)
        with os.fdopen(theirs, "wb") as pipe:
            pickle.dump(_answer(folder, size, work), pipe)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    os.close(theirs)
    try:
        with os.fdopen(mine, "rb") as pipe:
            answered = pipe.read()
    finally:
        os.waitpid(child, 0)
    value, error = pickle.loads(answered)  # noqa: S301 - from the child alone
    if error is not None:
        raise error
    result: T = value
    return result


def _answer(folder: Path, size: int, work: Callable[[], T]) -> tuple[T | None, BaseException | None]:
    try:
        _mount(folder, size)
        return work(), None
    except (OrchestratorError, KeyboardInterrupt) as error:
        return None, error
    except Exception as error:  # what it was must reach the parent
        return None, RuntimeError(f"{error}\n{''.join(traceback.format_exception(error))}")


def _mount(folder: Path, size: int) -> None:
    """Leave the mounts of everybody else, and mount a tmpfs at the folder."""
    user, group = os.geteuid(), os.getegid()
    try:
        if user:
            _checked(_LIBC.unshare(_NEW_USER | _NEW_MOUNTS), "unshare")
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1", encoding="ascii")
        else:
            _checked(_LIBC.unshare(_NEW_MOUNTS), "unshare")
        _checked(_LIBC.mount(b"none", b"/", None, _RECURSIVE | _PRIVATE, None), "mount")
        options = f"size={size}".encode()
        _checked(_LIBC.mount(b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options), "mount")
    except OSError as error:
        raise NoSmallDiskError(
            f"this machine lets user {user} mount no small disk ({error.strerror}: {error.filename})"
        ) from error


def _checked(answer: int, call: str) -> None:
    if answer != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), call)


class Ballast:
    """A file that takes all room a disk has left."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def fill(self) -> None:
        """Leave no byte free."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab", buffering=0) as file:
            size = _BLOCK
            while size:
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                    size //= 2
                except OSError as error:
                    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                        raise
                    size //= 2

    def drop(self) -> None:
        """Give the room back."""
        self._path.unlink(missing_ok=True)
