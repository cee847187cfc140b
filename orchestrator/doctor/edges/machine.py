"""What this machine and its file systems offer."""

from __future__ import annotations

import ctypes
import os
import shutil
from pathlib import Path

from orchestrator.doctor.check_machine import Machine
from orchestrator.doctor.edges import probe_party
from orchestrator.doctor.party import Folder, Module
from orchestrator.files.file_system import file_system_of
from orchestrator.places.local import usable_gpus

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG of prctl(2); with 0 it asks for nothing."""


def look_at_machine() -> Machine:
    """Return what this machine offers."""
    import psutil

    memory = psutil.virtual_memory().total
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory=min(memory, _memory_of_group() or memory) // 1024**2,
        gpus=tuple(usable_gpus()),
        dies_with_parent=ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, 0) == 0,
        pidfd=_has_pidfd(),
        slurm=shutil.which("sbatch") is not None,
    )


def look_at_torch() -> Module | None:
    """Return what the torch of this environment is built for; None where it cannot be asked."""
    found = probe_party.imported("torch")
    return None if "error" in found else Module.model_validate(found)


def look_at_folder(path: Path) -> Folder:
    """Return what a folder lies on and how much room there is."""
    room = os.statvfs(path)
    return Folder(
        path=str(path),
        kind=file_system_of(path)[0],
        free=room.f_bavail * room.f_frsize,
        files=room.f_favail if room.f_files else None,
    )


def _memory_of_group() -> int | None:
    """Return the memory limit of this program's control group in bytes; None without one."""
    try:
        text = Path("/sys/fs/cgroup/memory.max").read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def _has_pidfd() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True
