"""What a machine offers to programs that share its GPUs: MPS, MIG, and how many may compute at once.

As a program of its own it prints that as JSON. It is copied beside the parties of a probe and imports nothing
but the standard library.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_HANGS_S = 30
_MPS = "nvidia-cuda-mps-control"
_PIPES = "/tmp/nvidia-mps"  # noqa: S108 - where MPS itself looks
"""Where programs meet MPS, unless CUDA_MPS_PIPE_DIRECTORY says otherwise."""
_NO_MPS = "Cannot find"
"""What MPS begins with when it does not run."""


def look() -> dict[str, Any]:
    """Return what is offered here; what nvidia-smi does not say is left out."""
    modes = [line.split(",") for line in _lines("nvidia-smi", "--query-gpu=mig.mode.current,compute_mode")]
    told = [[word.strip() for word in words] for words in modes if len(words) == 2]
    return {
        "mps": shutil.which(_MPS) is not None,
        "mps_runs": _mps_runs(),
        "gpus": len(told),
        "divided": sum(mig == "Enabled" for mig, _ in told),
        "slices": re.findall(r"^\s+MIG (\S+)\s+Device", "\n".join(_lines("nvidia-smi", "-L")), re.MULTILINE),
        "alone": sum(mode.replace("_", " ").startswith("Exclusive") for _, mode in told),
        "cards": _cards(),
    }


def _cards() -> list[list[str]]:
    """Return the kinds of GPUs, each with its compute capability; none where the driver is too old to say."""
    lines = [line.rpartition(",") for line in _lines("nvidia-smi", "--query-gpu=name,compute_cap")]
    kinds = dict.fromkeys((name.strip(), number.strip()) for name, _, number in lines if name)
    return [[*kind] for kind in kinds]


def _mps_runs() -> bool:
    pipes = Path(os.environ.get("CUDA_MPS_PIPE_DIRECTORY", _PIPES))
    if not (pipes / "control").exists():
        return False
    said = _said([_MPS], "get_server_list\n")
    return said is not None and _NO_MPS not in said


def _lines(program: str, option: str) -> list[str]:
    words = [program, option] + ["--format=csv,noheader"] * option.startswith("--query")
    return (_said(words) or "").splitlines()


def _said(command: list[str], typed: str = "") -> str | None:
    """Return what a program says; None when it cannot be asked."""
    try:
        done = subprocess.run(
            command, input=typed, capture_output=True, text=True, timeout=_HANGS_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout + done.stderr if done.returncode == 0 else None


def main() -> None:
    """Say what was found."""
    for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # a job's are meant for whoever started this
    sys.stdout.write(json.dumps(look()))


if __name__ == "__main__":
    main()
