"""What a result was made with: host, versions, GPU."""

from __future__ import annotations

import os
import platform
import socket
import sys
from typing import Any

_PACKAGES = ("torch", "torchvision", "numpy")


def provenance() -> dict[str, Any]:
    """Return the facts about this program that may explain a number later."""
    facts: dict[str, Any] = {
        "host": socket.gethostname(),
        "python": platform.python_version(),
        "threads": os.environ.get("OMP_NUM_THREADS"),
    }
    for package in _PACKAGES:
        if package in sys.modules:
            facts[package] = str(sys.modules[package].__version__)
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        facts["gpu"] = torch.cuda.get_device_name()
    return facts
