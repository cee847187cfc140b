"""The last line that a verb says."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from orchestrator.messages.terminal import say
from orchestrator.verbs.options import DATA, RUNS


def say_next(step: str, runs: Path, data: Path = DATA) -> None:
    """Say what to type next, with the folders that were given now; nothing where there is no step."""
    if step:
        say(f"next: {typed_again(step, runs, data)}")


def typed_again(step: str, runs: Path, data: Path = DATA) -> str:
    """Return a command with the folders that were given now, where they are not the usual ones."""
    given = [("--runs", runs, _usual("ORCHESTRATOR_RUNS", RUNS))]
    given += [("--data", data, _usual("ORCHESTRATOR_DATA", DATA))] if data != DATA else []
    words = [
        word
        for option, path, usual in given
        if path.absolute() != usual.absolute()
        for word in (option, str(path))
    ]
    return step + (f" {shlex.join(words)}" if words else "")


def _usual(variable: str, path: Path) -> Path:
    return Path(os.environ.get(variable) or path)
