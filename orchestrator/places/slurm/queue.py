"""What Slurm's queue says, asked once for all jobs together.

An answer counts only when it is whole: squeue ended well, complained of nothing, and every line is closed by
a mark of ours. A scheduler that does not answer is left alone for longer each time.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime

from orchestrator.places.slurm.command import answer

_QUERY = ["squeue", "--noheader", "--array", "--all", "--me", "--format=%i|%t|%j|."]
_LINE = re.compile(r"([0-9][^|\s]*)\|([A-Z]+)\|(.*)\|\.\s*")
_FIRST_SILENCE_S, _LONGEST_SILENCE_S = 5, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A job, or one task of an array, that is queued or active."""

    job: str
    """`123` or `123_4`."""
    state: str
    name: str


def parse_queue(text: str) -> list[Queued] | None:
    """Return the jobs of squeue's answer; None when a line is not `job|state|name|.` or is not whole."""
    lines = text.splitlines()
    found = [fields for line in lines if (fields := _LINE.fullmatch(line))]
    if len(found) < len(lines):
        return None
    return [Queued(job=fields[1], state=fields[2], name=fields[3]) for fields in found]


def ask_queue(patience_s: float) -> list[Queued] | None:
    """Return all queued and active jobs of this user; None when the scheduler does not answer properly."""
    text = answer(_QUERY, patience_s)
    return None if text is None else parse_queue(text)


@dataclass
class _Memory:
    """The last answer of this program's scheduler, so that one question serves everybody who asks."""

    queue: list[Queued] | None = None
    asked: float = float("-inf")
    silences: int = 0

    def left_alone(self) -> bool:
        """Say whether it was asked in vain so lately that asking again would only be a burden."""
        pause = min(_FIRST_SILENCE_S * 2 ** (self.silences - 1), _LONGEST_SILENCE_S)
        return self.silences > 0 and time.monotonic() - self.asked < pause


_memory = _Memory()


def queue_since(since: float, patience_s: float) -> list[Queued] | None:
    """Return the queue as it was at `since` (time.monotonic) or later; None when nobody can tell."""
    if _memory.left_alone():
        return None
    if _memory.asked < since or _memory.queue is None:
        asked = time.monotonic()
        _memory.queue, _memory.asked = ask_queue(patience_s), asked
        _memory.silences = 0 if _memory.queue is not None else _memory.silences + 1
    return _memory.queue


def end_of_job(job: str, patience_s: float) -> float | None:
    """Return the Unix time at which Slurm will end a job; None when it does not say."""
    said = answer(["squeue", "--noheader", "--all", "--jobs", job, "--format=%e"], patience_s)
    try:
        return datetime.fromisoformat((said or "").strip()).timestamp()
    except ValueError:  # no answer, or `N/A` for a job without a limit
        return None
