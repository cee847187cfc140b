"""Memory in large pages: what the kernel must copy at each fork gets fewer, not what a program holds."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBC = ctypes.CDLL(None)
_COLLAPSE = 25
"""MADV_COLLAPSE of madvise(2), Linux 6.1; an older kernel refuses and nothing changes."""
_SIZE = 2 << 20
"""Bytes of a large page, on x86-64 and on ARM with pages of 4 KiB."""


def join_pages() -> None:
    """Ask the kernel to join the small pages of this program's own memory into large ones."""
    for first, end in own_memory(Path("/proc/self/maps").read_text(encoding="utf-8")):
        for start in range(-(-first // _SIZE) * _SIZE, end - _SIZE + 1, _SIZE):
            _LIBC.madvise(ctypes.c_void_p(start), ctypes.c_size_t(_SIZE), _COLLAPSE)


def own_memory(maps: str) -> Iterator[tuple[int, int]]:
    """Yield where memory begins and ends that belongs to no file and to no other program."""
    for line in maps.splitlines():
        where, access, _, _, inode, *name = line.split()
        if access == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
            first, end = where.split("-")
            yield int(first, 16), int(end, 16)
