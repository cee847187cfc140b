"""Why a file that lies in the project is not in a snapshot of it."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.edges.project_files import MB, Project, ask_git, shown
from orchestrator.files.plain_file import plain_text
from orchestrator.messages.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LARGEST = 10 * MB
"""What a snapshot says nothing of was taken with."""
_OPENED = "datasets are opened below `context.data`, `${data}` in a command"
_ELSEWHERE = f"it lies in the folder of datasets or of runs, which stays behind: {_OPENED}"


def stayed_behind(name: str, snapshot: Path, without: Iterable[Path]) -> str | None:
    """Say that a file of the project is not in the snapshot, and why; None where that is not so.

    `without` are the files and folders that were to stay behind.
    """
    try:
        record = json.loads(plain_text(snapshot.with_name(f"{snapshot.name}.json")))
        source = Path(record["source"])
        is_so = snapshot.is_dir() and (source / name).exists() and not (snapshot / name).exists()
    except (OSError, ValueError, LookupError, TypeError):
        return None
    if not is_so:
        return None
    reason = _reason(name, source, without, int(record.get("largest", _LARGEST)))
    return f"`{shown(name)}` lies in {source}, but not in the snapshot that trials see; {reason}"


def _reason(name: str, source: Path, without: Iterable[Path], largest: int) -> str:
    linked = next((folder for folder in _around(name) if (source / folder).is_symlink()), None)
    if linked is not None:
        return f"`{shown(str(linked))}` is a link to a folder: put what it leads to below the data folder"
    without = [path.resolve() for path in without]
    file = (source / name).resolve()
    if file in without and file.is_file():
        return "the study is written in it, and such files stay behind: give the task a file of its own"
    if any(file.is_relative_to(path) for path in without):
        return _ELSEWHERE
    project = Project(without, largest)
    try:
        project.add_project(source)
    except UserError as error:
        return str(error)
    if _is_among(name, project.files):
        return "it was not there at `submit`"
    if _is_among(name, project.large):
        size = max(size for file, size in project.large.items() if _is_among(name, [file]))
        return (
            "it is larger than `largest_file`: put it below the data folder, or write "
            f"`code: {{largest_file: {-(-size // MB)}MB}}` in the study"
        )
    if _is_among(name, project.unreadable):
        return "it cannot be read: see its permissions"
    if ask_git(source, "check-ignore", "-q", "--", name) is not None:
        add = shlex.join(["git", "add", "-f", shown(name)])
        return f"git ignores it: take it out of .gitignore, or type: {add}"
    return f"hidden files, logs, caches and folders of data or runs stay behind: {_OPENED}"


def _around(name: str) -> list[Path]:
    """Return the folders that a file lies in, the outermost first."""
    return [folder for folder in reversed(Path(name).parents) if folder.name]


def _is_among(name: str, files: Iterable[str]) -> bool:
    """Say whether one of the files is meant, or lies in the folder that is meant."""
    return any(file == name or file.startswith(name + os.sep) for file in files)
