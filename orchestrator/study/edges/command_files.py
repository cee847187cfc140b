"""Whether the program and the script of a command are there, told before anything is queued."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.messages.problems import nearest
from orchestrator.study.command import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.messages.problems import Keys, Problems
    from orchestrator.study.study_file import StudyFile

_INTERPRETERS = ("python", "Rscript", "julia", "bash", "sh", "perl", "ruby", "node", "torchrun", "accelerate")
"""Programs whose first word that is no option is a script; versions may follow, as in `python3.11`."""


def check_files(file: StudyFile, problems: Problems, warnings: Problems) -> None:
    """Note scripts that are not in this folder; only warn of programs, which other machines may have."""
    for stage, entry in file.stages.items():
        keys = ("stages", stage, "command")
        if not entry.command:
            continue
        for script in scripts(entry.command):
            _check_script(script, keys, problems)
        program = entry.command[0]
        if "/" not in program and not references([program]) and not shutil.which(program, path=_path()):
            hint = "install it, or let `setup:` of the cluster's profile bring it along"
            warnings.add(keys, f"there is no program `{program}` on this machine", hint)


def scripts(words: Sequence[str]) -> Iterator[str]:
    """Yield the files that the words run: a program named with its folder, the script of an interpreter."""
    program = words[0]
    if "/" in program and not program.startswith("/") and not references([program]):
        yield program
    name = program.rpartition("/")[2]
    if any(name.startswith(known) for known in _INTERPRETERS):
        script = next((word for word in words[1:] if not word.startswith("-")), "")
        before = words[words.index(script) - 1] if script else ""
        if Path(script).suffix and not before.startswith("-") and not references([script]):
            yield script


def _check_script(script: str, keys: Keys, problems: Problems) -> None:
    path = Path(script)
    if not path.is_file():
        there = (
            [str(other) for other in sorted(path.parent.glob(f"*{path.suffix}"))]
            if path.parent.is_dir()
            else []
        )
        beside = ", ".join(f"`{name}`" for name in there[:12]) or "none"
        message = f"there is no file `{script}` in this folder"
        problems.add(keys, message, nearest(script, there, f"files of that kind there: {beside}"))


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
