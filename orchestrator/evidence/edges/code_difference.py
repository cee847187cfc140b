"""Which files differ between the snapshots of a run folder."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_NOT_CODE = {".links-for-trials", "__pycache__"}
_STUDY = re.compile(rb"^study:[ \t]*[\w\"']", re.MULTILINE)
_OF_STUDY_OR_REPORT = re.compile(rb"^(stages|studies|extends|title|tables|figures):", re.MULTILINE)


class Snapshots:
    """All snapshots of a run folder, whichever study took them; each is read once."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._read: dict[str, dict[str, bytes] | None] = {}

    def differing(self, codes: Collection[str]) -> tuple[str, ...] | None:
        """Return the files that are not the same in all of these, the engine's last.

        Study and report files are no code: what they say of a trial is in its parameters. None where a
        snapshot is not there any more.
        """
        found = [self._files(code) for code in codes]
        known = [files for files in found if files is not None]
        if len(known) < len(found):
            return None
        names = {name for files in known for name in files}
        differ = (name for name in names if len({files.get(name) for files in known}) > 1)
        return tuple(sorted(differ, key=lambda name: (name.startswith("orchestrator/"), name)))

    def _files(self, code: str) -> dict[str, bytes] | None:
        if code not in self._read:
            folder = next(self._runs.glob(f"studies/*/code/{code}"), None)
            self._read[code] = dict(_contents(folder)) if folder else None
        return self._read[code]


def differing_files(one: Path, other: Path) -> list[tuple[str, str]]:
    """Return the files in which two snapshots differ, the engine's last, each with how.

    Study and report files are no code. A snapshot that is not there any more is told as one line.
    """
    if one.name == other.name:
        return []
    if not (one.is_dir() and other.is_dir()):
        return [("the code", "is another; what differs is not known, as a snapshot is gone")]
    first, second = dict(_contents(one)), dict(_contents(other))
    names = sorted(first.keys() | second.keys(), key=lambda name: (name.startswith("orchestrator/"), name))
    how = {(True, True): "changed", (True, False): "only in A", (False, True): "only in B"}
    return [
        (name, how[name in first, name in second]) for name in names if first.get(name) != second.get(name)
    ]


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield each file of code of a snapshot with a hash of all that makes it the same as another."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_CODE]
        for name in names:
            path = os.path.join(place, name)  # noqa: PTH118 - of thousands of files
            with open(path, "rb") as file:  # noqa: PTH123
                if name.endswith((".yaml", ".yml")) and _is_study_or_report(file.read()):
                    continue
                file.seek(0)
                content = hashlib.file_digest(file, "sha256").digest()
                executable = b"x" if os.fstat(file.fileno()).st_mode & 0o100 else b"-"
            yield os.path.relpath(path, folder), executable + content


def _is_study_or_report(text: bytes) -> bool:
    return _STUDY.search(text) is not None and _OF_STUDY_OR_REPORT.search(text) is not None
