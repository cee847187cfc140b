"""What a result was made with: host, versions, GPU, and the package of a task that is installed."""

from __future__ import annotations

import json
import os
import platform
import socket
import sys
import zlib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from orchestrator.study.edges.task_import import is_installed

SLOTS = "ORCHESTRATOR_SLOTS"
"""Environment variable of a trial that shares its worker: how many trials the worker runs at once."""
LOCKSTEP = "ORCHESTRATOR_LOCKSTEP"
"""Of a trial that is trained in lockstep: with how many, itself included."""
METER = "ORCHESTRATOR_GPU_METER"
"""Environment variable of a trial with GPUs: the file in which it finds how they were used."""
_READINGS = 5
"""So often a record is read that is replaced at that moment."""
_PACKAGES = ("torch", "torchvision", "numpy")


def provenance(module: str) -> dict[str, Any]:
    """Return the facts about this program, and the task's module, that may explain a number later."""
    facts: dict[str, Any] = {
        "host": socket.gethostname(),
        "python": platform.python_version(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
    }
    for fact, variable in (("slots", SLOTS), ("lockstep", LOCKSTEP)):
        if variable in os.environ:
            facts[fact] = int(os.environ[variable])
    for package in _PACKAGES:
        if package in sys.modules:
            facts[package] = str(sys.modules[package].__version__)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        facts["gpu"] = torch.cuda.get_device_name()
        facts["gpu_memory_mb"] = torch.cuda.max_memory_reserved() // 2**20
    if measured := _measured():
        facts["gpu_use"] = measured
    if installed := _installed(module.partition(".")[0]):
        facts["task"] = installed
    return facts


def _measured() -> dict[str, Any] | None:
    """Return how the trial's GPUs were used, as the meter of its worker has it; None where nobody knows."""
    with suppress(KeyError, OSError, ValueError):
        for _reading in range(_READINGS):
            line = Path(os.environ[METER]).read_bytes().partition(b"\n")[0]
            check, _, text = line.partition(b" ")
            if text and int(check, 16) == zlib.crc32(text):
                found: dict[str, Any] = json.loads(text)
                return found
    return None


def _installed(package: str) -> str | None:
    """Return version and commit of an installed package, which is in no snapshot; None for another one."""
    file = getattr(sys.modules.get(package), "__file__", None)
    if file is None or not is_installed(Path(file)):
        return None
    with suppress(PackageNotFoundError, ValueError):
        found = distribution(package)
        origin = json.loads(found.read_text("direct_url.json") or "{}")
        commit = origin.get("vcs_info", {}).get("commit_id")
        return f"{package} {found.version}" + (f", commit {commit}" if commit else "")
    return None
