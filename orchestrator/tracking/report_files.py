"""The files of a study's newest report, as they are attached to the study in MLflow."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from orchestrator.files.plain_file import files_below, is_utf8
from orchestrator.tracking.edges.record import Attached
from orchestrator.tracking.mlflow_records import LARGEST_COPY

if TYPE_CHECKING:
    import os
    from pathlib import Path

_MOMENT = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d|/(?:CreationDate|ModDate) ?\([^)]*\)")
"""When a file was made: a report that is made again and says the same is not another one."""


class ReportFiles:
    """The files below a study's report folder; each is read once for as long as it stays as it is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[Path, tuple[int, int, str]] = {}

    def attached(self) -> list[Attached]:
        """Return the files, and a list of those that are too large to be copied."""
        found, too_large = [], []
        for path, status in sorted(files_below(self._folder)):
            name = path.relative_to(self._folder).as_posix()
            if not is_utf8(path) or path.is_symlink() or path.name.startswith("."):
                continue
            if status.st_size > LARGEST_COPY:
                too_large.append(f"{status.st_size:>15,} bytes  {name}  only at {path.resolve()}\n")
            elif digest := self._digest(path, status):
                found.append(Attached(name=f"report/{name}", stamp=f"{name} {digest}", path=path))
        if too_large:
            text = "".join(too_large)
            found.append(Attached(name="report/only_there.txt", stamp=text, text=text))
        return found

    def _digest(self, path: Path, status: os.stat_result) -> str:
        """Return what names the content of a file; empty where it has gone."""
        sign = status.st_size, status.st_mtime_ns
        *before, digest = self._digests.get(path, (0, 0, ""))
        if tuple(before) != sign:
            try:
                content = path.read_bytes()
            except OSError:
                return ""
            digest = hashlib.sha256(_MOMENT.sub(b"", content)).hexdigest()[:16]
            self._digests[path] = (*sign, digest)
        return digest
