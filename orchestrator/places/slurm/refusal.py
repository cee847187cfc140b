"""What sbatch says when it queues nothing: no room now, no answer now, or no at all."""

from __future__ import annotations

import re
from enum import StrEnum


class Refusal(StrEnum):
    """Why nothing was queued, as far as it decides what to do next."""

    FULL = "full"
    """A limit on queued jobs is reached: there is room again when others have ended."""
    SILENT = "silent"
    """The scheduler does not answer properly; the job may be queued all the same."""
    FINAL = "final"
    """The same job would be refused again."""


_FULL = re.compile(r"\w*Submit\w*Limit")
"""AssocMaxSubmitJobLimit, AssocGrpSubmitJobsLimit, QOSMaxSubmitJobPerUserLimit, ..."""
_OTHER_LIMIT = re.compile(r"\b(Assoc|QOS)\w+|\bMax\w+Limit")
"""QOSMaxWallDurationPerJobLimit and the like: one such job is too large, however few there are."""
_POLICY = "Job violates accounting/QOS policy"
"""All that Slurm says before it learnt to name the limit."""
_SILENT = (
    "Socket timed out",
    "Unable to contact",
    "Zero Bytes were transmitted",
    "Connection refused",
    "Connection reset",
    "Connection timed out",
    "Communication connection failure",
    "Message receive failure",
    "Message send failure",
    "Transport endpoint is not connected",
    "Unexpected message received",
    "temporarily unable to accept job",
    "Resource temporarily unavailable",
    "standby mode",
    "in the process of shutting down",
    "Protocol authentication error",
    "Unspecified error",
)


def refusal(words: str, queued: int | None) -> Refusal:
    """Return what a failed sbatch means, from its standard error and the user's jobs in the queue.

    Where the limit is not named, a user without any job has not reached one on their number.
    """
    lowered = words.lower()
    if any(sign.lower() in lowered for sign in _SILENT):
        return Refusal.SILENT
    if _FULL.search(words):
        return Refusal.FULL
    if _POLICY in words and queued != 0 and not _OTHER_LIMIT.search(words.replace(_POLICY, "")):
        return Refusal.FULL
    return Refusal.FINAL
