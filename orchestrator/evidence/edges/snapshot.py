"""The project as it was at submit: workers import and read this copy, never the live checkout."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.evidence.edges.project_files import MB, Project, ask_git, shown
from orchestrator.files.record_file import write_beside
from orchestrator.study.edges.task_import import is_installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from orchestrator.evidence.edges.project_files import ProjectFile

_LARGEST = 10 * MB


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a project."""

    code: str
    """Its name: a hash of all that is in it."""
    notes: tuple[str, ...] = ()
    """What to tell about that which is not in it."""


def take_snapshot(
    source: Path,
    modules: Iterable[str],
    into: Path,
    *,
    without: Iterable[Path] = (),
    largest: int = _LARGEST,
) -> Snapshot:
    """Copy the project in `source`, this package and the modules of the tasks.

    Files and folders of `without` stay behind, and files of more than `largest` bytes.
    Raises UserError when `source` holds so many files that it is no code folder.
    """
    project = _project(source, modules, without, largest)
    code = _hash(project.files)
    if not (into / code).exists():
        code = _copy(project.files, into, code)
        write_beside(
            into / f"{code}.json",
            json.dumps({"source": shown(str(source)), "largest": largest, **_git(source)}, indent=1),
        )
    return Snapshot(code, tuple(project.notes()))


def code_of(
    source: Path, modules: Iterable[str], *, without: Iterable[Path] = (), largest: int = _LARGEST
) -> str:
    """Return what a snapshot of the project would be called; nothing is copied."""
    return _hash(_project(source, modules, without, largest).files)


def _project(source: Path, modules: Iterable[str], without: Iterable[Path], largest: int) -> Project:
    project = Project([*without, *_own_output()], largest)
    project.add_project(source)
    _add_modules(project, source, modules)
    return project


def _own_output() -> Iterator[Path]:
    """Yield the files that this program prints into: they may lie in the project, and grow."""
    return (Path(f"/dev/fd/{number}") for number in (1, 2))


def _add_modules(project: Project, source: Path, modules: Iterable[str]) -> None:
    """Take the engine and modules of tasks that lie outside of the project, but for installed ones."""
    for place in sorted({place for name in {"orchestrator", *modules} if (place := _place(name))}):
        if is_installed(place):
            continue
        if (archive := _archive_around(place)) is not None:
            project.archived.append(f"{place.stem} ({archive})")
        elif not place.is_relative_to(source.resolve()):
            add = project.add_folder if place.is_dir() else project.add_file
            add(place, place.parent)


def _archive_around(place: Path) -> Path | None:
    """Return the archive that a module lies in: a file where a folder is expected."""
    return next((around for around in place.parents if around.is_file()), None)


def _place(module: str) -> Path | None:
    """Return the folder of the package that a module is in, as far up as it goes; a lone module's file."""
    outer = sys.modules.get(module.partition(".")[0])
    file = getattr(outer, "__file__", None)
    if file is not None:
        place = Path(file).resolve()
        return place.parent if place.name == "__init__.py" else place
    inner = getattr(sys.modules.get(module), "__file__", None)
    spaces = [Path(folder).resolve() for folder in getattr(outer, "__path__", ())]  # it may lie in several
    return next((space for space in spaces if inner and Path(inner).resolve().is_relative_to(space)), None)


def _copy(files: Mapping[str, ProjectFile], into: Path, code: str) -> str:
    """Copy the files, unless somebody else has meanwhile, and return the hash of what was copied.

    It is another than `code` where a file was changed since it was read.
    """
    beside = into / f".{code}.{os.getpid()}.{os.urandom(4).hex()}"
    beside.mkdir(parents=True)
    code = _hash(files, beside)
    try:
        beside.rename(into / code)
    except OSError:  # somebody else has just made the same copy
        shutil.rmtree(beside)
    return code


def _hash(files: Mapping[str, ProjectFile], copies: Path | None = None) -> str:
    """Return a hash of the files' names, contents and executable bits, and copy them if asked to."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        with suppress(FileNotFoundError):  # gone since it was found
            content = _read(file, copies / name if copies else None)
            total.update(os.fsencode(name) + b"\0" + (b"x" if file.executable else b"-") + content)
    return total.hexdigest()[:12]


def _read(file: ProjectFile, copy: Path | None) -> bytes:
    """Return a hash of a file's content, and copy it if asked to: nobody may write to the copy."""
    with file.path.open("rb") as source:
        if copy is None:
            return hashlib.file_digest(source, "sha256").digest()
        content = hashlib.sha256()
        copy.parent.mkdir(parents=True, exist_ok=True)
        mode = 0o555 if file.executable else 0o444
        with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as written:
            while chunk := source.read(MB):
                content.update(chunk)
                written.write(chunk)
    return content.digest()


def _git(source: Path) -> dict[str, str | bool]:
    if not (commit := ask_git(source, "rev-parse", "HEAD")):
        return {}
    return {"commit": commit.decode().strip(), "changed": bool(ask_git(source, "status", "--porcelain"))}
