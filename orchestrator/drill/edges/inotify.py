"""What happens in a folder, told by the kernel at once: inotify(7)."""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_MODIFY, _CREATE = 0x00000002, 0x00000100
_NONBLOCK, _CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC
_HEADER = struct.Struct("iIII")


class Watch:
    """Tells that a file of a folder was made or written to."""

    def __init__(self, folder: Path) -> None:
        """Begin to watch; raises OSError when the kernel has no watch left."""
        self.descriptor = _LIBC.inotify_init1(_NONBLOCK | _CLOEXEC)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1", str(folder))
        if _LIBC.inotify_add_watch(self.descriptor, os.fsencode(folder), _MODIFY | _CREATE) < 0:
            error = ctypes.get_errno()
            self.close()
            raise OSError(error, "inotify_add_watch", str(folder))

    def names(self) -> list[str]:
        """Return the files made or written to since the last call."""
        try:
            data = os.read(self.descriptor, 65536)
        except BlockingIOError:
            return []
        names, place = [], 0
        while place < len(data):
            *_, length = _HEADER.unpack_from(data, place)
            place += _HEADER.size
            names.append(os.fsdecode(data[place : place + length].rstrip(b"\0")))
            place += length
        return names

    def close(self) -> None:
        """End the watch."""
        os.close(self.descriptor)
