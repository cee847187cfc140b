"""Journals: what each program of a study saw of trials that ended, so that the others need not look.

    studies/<name>/journal/<program>.jsonl

One writer each. They are hints and copies, never evidence: what a trial came to stands in its folder alone.
An entry says which folder to look at; one of a finished trial says besides what was read there, and counts
while `result.json` has the size and the time that it was read with. Without journals all is found, later.
"""

from __future__ import annotations

import contextlib
import os
import socket
from typing import IO, TYPE_CHECKING

from pydantic import ValidationError

from orchestrator.evidence.evidence import Evidence
from orchestrator.files.line_file import new_lines
from orchestrator.files.strangers import make_folder, open_own
from orchestrator.study.trial import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Sign = tuple[int, int]
"""Bytes and time in nanoseconds of a result's file."""


class Entry(Stored):
    """What happened to one trial."""

    trial: str
    sign: Sign | None = None
    evidence: Evidence | None = None
    """Of a finished trial."""


class Journal:
    """The journal that one program writes."""

    def __init__(self, study: Path) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}-{os.urandom(4).hex()}.jsonl"
        self._file = study / "journal" / self.name

    def write(self, entries: Sequence[Entry]) -> None:
        """Add entries; where that fails the others find out by themselves."""
        if not entries:
            return
        text = "".join(f"{entry.model_dump_json(exclude_defaults=True)}\n" for entry in entries)
        with contextlib.suppress(OSError), _appended(self._file) as file:
            file.write(text)


class Journals:
    """The journals of all programs of a study, read on from where they were left."""

    def __init__(self, study: Path, own: Journal | None = None) -> None:
        """Read all journals of a study but one's own."""
        self._folder = study / "journal"
        self._own = own.name if own else ""
        self._read: dict[str, int] = {}
        """Name of a journal -> bytes of it that were read."""

    def news(self) -> list[Entry]:
        """Return what was written since the last time; what is no entry is passed over."""
        found = []
        try:
            with os.scandir(self._folder) as files:
                others = [file for file in files if file.name.endswith(".jsonl") and file.name != self._own]
                sizes = {file.name: file.stat().st_size for file in others}
        except OSError:
            return []
        for name in sorted(sizes):
            known = self._read.get(name, 0)
            if sizes[name] != known:
                lines, self._read[name] = new_lines(self._folder / name, known)
                found += [entry for line in lines if (entry := _entry(line))]
        return found


def _appended(file: Path) -> IO[str]:
    try:
        return open_own(file, "a")
    except FileNotFoundError:
        make_folder(file.parent)
        return open_own(file, "a")


def _entry(line: bytes) -> Entry | None:
    try:
        return Entry.model_validate_json(line)
    except ValidationError:
        return None
