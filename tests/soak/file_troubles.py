"""What the file system did to the study of the soak, in the words that programs left of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.evidence.failure_class import CLASSES, FILE_SYSTEM
from tests.soak.run_folder import of_attempts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.soak.world import World

_SIGNS = next(one.signs for one in CLASSES if one.kind == FILE_SYSTEM)


def troubles_of(world: World) -> list[tuple[str, str]]:
    """Return who tells of a file system that failed, trial, command or worker, and in which line of what."""
    files = [
        *(("trial", file) for name in ("log.txt", "exit.json") for file in of_attempts(world.runs, name)),
        *(("command", typed.file.with_suffix(".err")) for typed in world.typed),
        *(("worker", file) for file in world.study.glob("jobs/[0-9]*/slurm/*.out")),
    ]
    return [
        (who, f"{file.relative_to(world.folder)}: {line}")
        for who, file in files
        for line in file.read_text(errors="replace").splitlines()
        if count_troubles([(who, line)])
    ]


def count_troubles(said: Iterable[tuple[str, str]]) -> Counter[str]:
    """Count the lines that name a trouble of a file system, by who said it and what it was."""
    return Counter(f"{who}: {sign}" for who, line in said for sign in _SIGNS if sign in line)
