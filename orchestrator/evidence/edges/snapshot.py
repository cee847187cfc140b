"""The source as it was at submit: workers import this copy, never the live checkout."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.files.record_file import write_beside
from orchestrator.messages.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LARGEST = 1_000_000
_MOST_FILES = 5_000
_SUFFIXES = {".py", ".yaml", ".yml", ".json", ".toml", ".txt"}
_SKIPPED = {"__pycache__", "node_modules", "runs", "data", "mlruns", "site-packages"}


def take_snapshot(source: Path, modules: Iterable[str], into: Path) -> str:
    """Copy the code below `source`, this package and the modules of the tasks; return the copy's hash.

    Raises UserError when `source` holds so many files that it is no code folder.
    """
    files = dict(_collect(source, modules))
    if len(files) > _MOST_FILES:
        raise UserError(
            f"{source} holds more than {_MOST_FILES} source files; it does not look like a code folder",
            hint="submit from the folder of your project, or make it a git repository",
        )
    code = _hash(files)
    folder = into / code
    if not folder.exists():
        beside = into / f".{code}.{os.getpid()}"
        for name, file in files.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, beside / name)
        try:
            beside.rename(folder)
        except OSError:  # somebody else has just made the same copy
            shutil.rmtree(beside)
        write_beside(into / f"{code}.json", json.dumps({"source": str(source), **_git(source)}, indent=1))
    return code


def _collect(source: Path, modules: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for file in _files(source):
        yield str(file.relative_to(source)), file
    for name in sorted({"orchestrator", *(module.partition(".")[0] for module in modules)}):
        found = sys.modules.get(name)
        place = Path(found.__file__).resolve() if found is not None and found.__file__ else None
        if place is None or place.is_relative_to(source.resolve()) or "site-packages" in place.parts:
            continue
        if place.name == "__init__.py":
            for file in _walk(place.parent):
                yield str(file.relative_to(place.parent.parent)), file
        else:
            yield place.name, place


def _files(source: Path) -> Iterator[Path]:
    listed = _ask_git(source, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if listed is None:
        yield from _walk(source)
        return
    for name in listed.split("\0"):
        file = source / name
        if name and file.is_file() and file.suffix in _SUFFIXES and file.stat().st_size <= _LARGEST:
            yield file


def _walk(source: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(
            name
            for name in folders
            if (name not in _SKIPPED or (Path(folder) / name / "__init__.py").exists())
            and not name.startswith(".")
            and not (Path(folder) / name / "pyvenv.cfg").exists()
        )
        for name in sorted(names):
            file = Path(folder) / name
            if file.suffix in _SUFFIXES and not name.startswith(".") and file.stat().st_size <= _LARGEST:
                yield file


def _hash(files: dict[str, Path]) -> str:
    """Return a hash of the Python files: data beside them is copied, but is not code."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        if file.suffix == ".py" and not name.startswith(("tests/", "benchmarks/")):
            total.update(name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:12]


def _git(source: Path) -> dict[str, str | bool]:
    if not (commit := _ask_git(source, "rev-parse", "HEAD")):
        return {}
    return {"commit": commit.strip(), "changed": bool(_ask_git(source, "status", "--porcelain"))}


def _ask_git(source: Path, *words: str) -> str | None:
    """Return what git answers; None where there is no git or no repository."""
    try:
        done = subprocess.run(["git", "-C", str(source), *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
