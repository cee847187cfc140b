"""Reads what trials have logged and printed, for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.files.plain_file import UnreadableError, plain_bytes
from orchestrator.messages.terminal import readable
from orchestrator.report.page.trial_details import Details, details, shown_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.evidence.edges.run_folder import RunFolder, TrialFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.report.table import Table

_TAIL_BYTES = 16 * 1024


def read_details(
    runs: RunFolder, tables: Iterable[Table], seen: Seen, when: Callable[[float], str]
) -> Details:
    """Return what the page tells of all trials behind these tables; `when` turns a Unix time into words."""
    return details(
        shown_metrics(tables),
        seen,
        curve=lambda trial: runs.trial(trial).metrics(),
        log=lambda trial: log_end(runs.trial(trial)),
        when=when,
    )


def log_end(folder: TrialFolder) -> str:
    """Return the last lines that a trial's newest attempt printed; nothing where they cannot be read."""
    numbers = folder.numbers()
    if not numbers:
        return ""
    try:
        found = plain_bytes(folder.attempt(numbers[-1]) / "log.txt", tail=_TAIL_BYTES)
    except (FileNotFoundError, UnreadableError):
        return ""
    return "".join(readable([found]))
