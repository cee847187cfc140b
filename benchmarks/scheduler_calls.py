"""How often Slurm's commands are called, counted by stand-ins that come before them on PATH."""

from __future__ import annotations

import os
import shlex
import shutil
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

COMMANDS = ("sbatch", "squeue", "scontrol", "sacct", "scancel", "sinfo")


class CountedCalls:
    """Stand-ins for Slurm's commands that write down each call and become the command itself."""

    def __init__(self, folder: Path, path: str) -> None:
        """Lay a stand-in for each of the commands that `path` has."""
        self._log = folder / "calls"
        self._folder = folder / "bin"
        self._folder.mkdir(parents=True)
        self._path = path
        for name in COMMANDS:
            if real := shutil.which(name, path=path):
                script = self._folder / name
                log, command = shlex.quote(str(self._log)), shlex.quote(real)
                script.write_text(f'#!/bin/sh\necho {name} >> {log}\nexec {command} "$@"\n')
                script.chmod(0o755)

    def environment(self, before: Mapping[str, str]) -> dict[str, str]:
        """Return the environment in which the stand-ins are found first; jobs inherit it from sbatch."""
        return {**before, "PATH": os.pathsep.join([str(self._folder), self._path])}

    def counts(self) -> Counter[str]:
        """Return how often each command was called so far."""
        return Counter(self._log.read_text().split()) if self._log.exists() else Counter()
