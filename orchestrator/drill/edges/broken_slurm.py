"""Programs that stand on PATH before Slurm's and fail, as its own do while the controller is away."""

from __future__ import annotations

import os
import shlex
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAMS = ("squeue", "sbatch", "sacct", "scontrol", "scancel")
_SCRIPT = """#!/bin/sh
if [ -e {flag} ]; then
    echo "{name}: error: Unable to contact slurm controller (connect failure)" >&2
    exit 1
fi
exec {real} "$@"
"""


class BrokenSlurm:
    """Slurm's commands that can be made to fail for a while, for those who find them first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._flag = folder / "away"
        folder.mkdir(parents=True, exist_ok=True)
        for name in _PROGRAMS:
            if real := shutil.which(name):
                text = _SCRIPT.format(flag=shlex.quote(str(self._flag)), name=name, real=shlex.quote(real))
                (folder / name).write_text(text, encoding="utf-8")
                (folder / name).chmod(0o755)

    def environment(self) -> dict[str, str]:
        """Return an environment that finds these programs first."""
        return {**os.environ, "PATH": f"{self._folder}{os.pathsep}{os.environ.get('PATH', '')}"}

    def leave(self) -> None:
        """Fail from now on."""
        self._flag.touch()

    def come_back(self) -> None:
        """Answer again."""
        self._flag.unlink(missing_ok=True)
