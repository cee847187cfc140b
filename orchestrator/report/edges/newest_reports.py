"""Which report files a study has now: those that its file names, which may be others than at `submit`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.files.plain_file import is_plain
from orchestrator.messages.problems import listed
from orchestrator.study.edges.load import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.evidence.submission import Submission


def newest_reports(
    submission: Submission, tell: Callable[[str], None], file: Path | None = None
) -> list[Path]:
    """Return the report files that the study's file names now, and tell where they are not those of `submit`.

    `file` is another file of the same study. Where the file is gone or cannot be read, or is now of another
    study, those of `submit` are returned, and that is told too.
    """
    given = file or Path(submission.given)
    at_submit = listed(map(_short, submission.reports)) or "none"
    if not is_plain(given):
        tell(f"note: {_short(given)} is gone; its report files are those of the last submit: {at_submit}")
        return [*map(Path, submission.reports)]
    whole = load(given).whole
    if whole is None or whole.study != submission.study.name:
        why = f"is now of the study `{whole.study}`" if whole else "cannot be read (`plan` says why)"
        tell(f"note: {_short(given)} {why}; the report files are those of the last submit: {at_submit}")
        return [*map(Path, submission.reports)]
    if set(whole.reports) != set(submission.reports):
        now = listed(map(_short, whole.reports)) or "none"
        tell(f"note: report files as {_short(given)} names them now: {now}; at the last submit: {at_submit}")
    return [*map(Path, whole.reports)]


def _short(path: str | Path) -> str:
    """Return a path as one would type it here."""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith("..") else relative
