"""Which file system a path lies on."""

from __future__ import annotations

import os
from pathlib import Path


def file_system_of(path: Path) -> tuple[str, str]:
    """Return the kind of a path's file system, as the kernel names it (`nfs4`), and where it is mounted."""
    import psutil

    kinds = {Path(one.mountpoint): one.fstype for one in psutil.disk_partitions(all=True)}
    place = Path(os.path.realpath(path))
    return next(((kinds[at], str(at)) for at in (place, *place.parents) if at in kinds), ("unknown", "/"))
