"""Which files belong to a project: what git lists, or without git what lies there; and what stays behind."""

from __future__ import annotations

import os
import stat
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MB = 1024**2
_MOST_FILES = 5_000
_MOST_COUNTED = 20 * _MOST_FILES
_LARGE_IN_ALL = 200 * MB
_NEVER = {"__pycache__", "mlruns", "node_modules", "site-packages"}
"""Folders that hold no code of the project, unless git tracks them."""
_NO_CODE = {"data", "runs"}
"""Folders that mostly hold none: where git does not say, they have to be packages."""
_WRITTEN = {".log", ".pyc"}
"""Suffixes of what programs write beside the code, each time anew."""
_RUN_FOLDER = {"drill", "mlartifacts", "mlflow.db", "searches", "studies", "trials"}
"""What lies in a run folder: left out where that is the project's own folder."""
_FEWER = "put datasets below the data folder (--data), and name in .gitignore what is no code"


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """A file of a project, as it was when it was found."""

    path: Path
    size: int
    executable: bool


class Project:
    """The files of a project by their names in it, and what stays behind though it may be missed."""

    def __init__(self, without: Iterable[Path], largest: int) -> None:
        """Take no file of more than `largest` bytes, nor files and folders of `without`, by any name."""
        self.files: dict[str, ProjectFile] = {}
        self.large: dict[str, int] = {}
        """Files that are too large, with their bytes."""
        self.linked: list[str] = []
        """Links that lead to folders."""
        self.unreadable: list[str] = []
        self.archived: list[str] = []
        """Modules that are imported from within an archive."""
        self._largest = largest
        self._without = frozenset(_identities(without))
        self._left_out: dict[Path, bool] = {}

    def add_project(self, source: Path) -> None:
        """Take the files of a project's folder.

        Raises UserError when there are so many that it is no code folder.
        """
        if not self._add_listed(source, source):
            self.add_folder(source, source)
        if len(self.files) > _MOST_FILES:
            raise self._too_many(source)

    def add_folder(self, folder: Path, root: Path) -> None:
        """Take what lies below a folder, named from `root`: nothing hidden, no datasets, no run folder."""
        for place, folders, names in os.walk(folder):
            here = Path(place)
            folders[:] = sorted(name for name in folders if self._is_entered(here / name, root))
            for name in sorted(names):
                if not name.startswith("."):
                    self.add_file(here / name, root)

    def add_file(self, path: Path, root: Path, *, tracked: bool = False) -> None:
        """Take a file unless it has to stay behind; what is no file and leads to none is passed over."""
        name = str(path.relative_to(root))
        if not tracked and (path.suffix in _WRITTEN or not _NEVER.isdisjoint(path.relative_to(root).parts)):
            return
        try:
            found = path.stat()
        except OSError:  # gone since, or a link that leads nowhere
            return
        if stat.S_ISDIR(found.st_mode):
            self._add_inner(path, root, tracked=tracked)
        elif stat.S_ISREG(found.st_mode) and _identity(found) not in self._without:
            if found.st_size > self._largest:
                self.large[name] = found.st_size
            elif not os.access(path, os.R_OK):
                self.unreadable.append(name)
            else:
                self.files[name] = ProjectFile(path, found.st_size, bool(found.st_mode & stat.S_IXUSR))
            if len(self.files) > _MOST_COUNTED:
                raise self._too_many(root)

    def notes(self) -> list[str]:
        """Return what to tell somebody who may miss what stays behind."""
        notes = []
        if self.large:
            by_size = sorted(self.large, key=lambda name: (-self.large[name], name))
            most = -(-self.large[by_size[0]] // MB)
            files = [f"{name} ({_megabytes(self.large[name])})" for name in by_size]
            notes.append(
                f"not in the snapshot, larger than {_megabytes(self._largest)}: {_some(files)}; put them "
                f"below the data folder, or raise `code: {{largest_file: {most}MB}}` in the study"
            )
        if self.linked:
            notes.append(
                f"not in the snapshot, links to folders: {_some(self.linked)}; use the folders by their own "
                "paths, or put them below the data folder"
            )
        if self.unreadable:
            notes.append(f"not in the snapshot, cannot be read: {_some(self.unreadable)}")
        if self.archived:
            notes.append(
                f"not in the snapshot, read from archives: {_some(self.archived)}; leave these as they are "
                "while the study goes on, or unpack them"
            )
        total = sum(file.size for file in self.files.values())
        if total > _LARGE_IN_ALL:
            notes.append(f"the snapshot has {_megabytes(total)}; {_FEWER}")
        return notes

    def _add_listed(self, folder: Path, root: Path) -> bool:
        """Take what git lists in a folder; say whether it lists anything."""
        listed = [
            (name, tracked)
            for words, tracked in ((("--cached",), True), (("--others", "--exclude-standard"), False))
            for name in (ask_git(folder, "ls-files", "-z", *words) or b"").split(b"\0")
            if name
        ]
        for name, tracked in listed:
            path = folder / os.fsdecode(name)
            module = tracked and path.suffix == ".py"  # a package may have no `__init__.py`
            if module or not self._stays_behind(path.parent, root):
                self.add_file(path, root, tracked=tracked)
        return bool(listed)

    def _add_inner(self, folder: Path, root: Path, *, tracked: bool) -> None:
        """Take what git lists in a repository within another, worktrees left out; it follows no links."""
        if folder.is_symlink():
            if not self._is_left_out(folder, root):
                self.linked.append(str(folder.relative_to(root)))
            return
        inner = (folder / ".git").exists() if tracked else (folder / ".git").is_dir()
        if inner and not self._stays_behind(folder, root):
            self._add_listed(folder, root)

    def _is_entered(self, folder: Path, root: Path) -> bool:
        hidden = folder.name.startswith(".") or folder.name in _NEVER
        if (
            hidden
            or (folder.name in _NO_CODE and not _is_package(folder))
            or self._stays_behind(folder, root)
        ):
            return False
        if folder.is_symlink():
            self.linked.append(str(folder.relative_to(root)))
        return not folder.is_symlink()

    def _stays_behind(self, folder: Path, root: Path) -> bool:
        """Say whether a folder, or one around it up to `root`, is left out."""
        if folder == root:
            return False
        if folder not in self._left_out:
            behind = self._stays_behind(folder.parent, root) or self._is_left_out(folder, root)
            self._left_out[folder] = behind
        return self._left_out[folder]

    def _is_left_out(self, folder: Path, root: Path) -> bool:
        if folder.parent == root and folder.name in _RUN_FOLDER and _has_studies(root):
            return True
        if _is_package(folder):
            return False
        if (folder / "pyvenv.cfg").exists() or _looks_like_runs(folder):
            return True
        return not self._without.isdisjoint(_identities([folder]))

    def _too_many(self, source: Path) -> UserError:
        folders = Counter(name.partition(os.sep)[0] + os.sep for name in self.files if os.sep in name)
        most = [f"{shown(name)} ({count:,})" for name, count in folders.most_common(3)]
        where = f"; most lie in {', '.join(most)}" if most else ""
        return UserError(
            f"{shown(str(source))} holds more than {_MOST_FILES:,} files, too many for a snapshot{where}",
            hint=f"{_FEWER}; or submit from the folder of your project",
        )


def ask_git(folder: Path, *words: str) -> bytes | None:
    """Return what git answers; None where there is no git or no repository."""
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None


def shown(name: str) -> str:
    """Return a name as UTF-8 can say it: names of files may hold any bytes."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _identities(paths: Iterable[Path]) -> Iterator[tuple[int, int]]:
    for path in paths:
        try:
            yield _identity(path.stat())
        except OSError:
            continue


def _is_package(folder: Path) -> bool:
    return (folder / "__init__.py").exists()


def _looks_like_runs(folder: Path) -> bool:
    return (folder / "studies").is_dir() and ((folder / "trials").is_dir() or _has_studies(folder))


def _has_studies(folder: Path) -> bool:
    return any(folder.glob("studies/*/study.json"))


def _megabytes(size: int) -> str:
    return f"{-(-size // MB):,} MB"


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(map(shown, names[:5])) + more
