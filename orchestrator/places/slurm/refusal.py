"""What sbatch says when it queues nothing: no room now, no answer now, or no at all."""

from __future__ import annotations

import re

from orchestrator.messages.errors import QueueFullError, SchedulerError, SilentError

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


def refusal(words: str, queued: int | None) -> type[SchedulerError]:
    """Return what a failed sbatch means, from its standard error and the user's jobs in the queue.

    A full queue has room again when others have ended; a silent scheduler may have queued the job all the
    same; after any other error the same job would be refused again.
    Where the limit is not named, a user without any job has not reached one on their number.
    """
    lowered = words.lower()
    if any(sign.lower() in lowered for sign in _SILENT):
        return SilentError
    if _FULL.search(words):
        return QueueFullError
    if _POLICY in words and queued != 0 and not _OTHER_LIMIT.search(words.replace(_POLICY, "")):
        return QueueFullError
    return SchedulerError
