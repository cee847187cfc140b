"""Which files of the project a trial that failed did not find."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.evidence.evidence import Failure

_NOT_FOUND = re.compile(
    r"No such file or directory: b?(?P<quote>['\"])(?P<python>[^\n]+?)(?P=quote)"
    r"|'(?P<quoted>[^'\n]+)': (?:\[Errno 2\] )?No such file or directory"
    r"|(?P<bare>[^\s:'\"]+): No such file or directory(?!:)"
)
"""As Python, interpreters and the usual programs say it."""
_IN_PROJECT = re.compile(r"/.*/(?:attempts/\d+/work|studies/[^/]+/code/[0-9a-f]+)/(.+)")
"""A file of the folder that an attempt runs in, or of the snapshot."""


def absent_files(failure: Failure) -> list[str]:
    """Return the files that a failure says are not there, named from the project's folder, each once.

    A file that lies elsewhere by its name is none of the project.
    """
    texts = f"{failure.message}\n{failure.traceback}"
    found = [one["python"] or one["quoted"] or one["bare"] for one in _NOT_FOUND.finditer(texts)]
    return list(dict.fromkeys(name for path in found if (name := _in_project(path))))


def _in_project(path: str) -> str:
    """Return a path from the project's folder; empty where it leads elsewhere."""
    inside = _IN_PROJECT.fullmatch(path)
    if path.startswith("/") and inside is None:
        return ""
    parts = [part for part in (inside[1] if inside else path).split("/") if part not in {"", "."}]
    return "" if ".." in parts or parts[:1] == ["~"] else "/".join(parts)
