"""What Slurm remembers of jobs that are gone: its controller for minutes, its database, if any, for long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.places.place import Ended
from orchestrator.places.slurm.command import answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.places.place import LossKind

_KINDS: dict[str, LossKind] = {
    "BOOT_FAIL": "node_failure",
    "CANCELLED": "killed",
    "COMPLETED": "lost",
    "DEADLINE": "timeout",
    "FAILED": "lost",
    "NODE_FAIL": "node_failure",
    "OUT_OF_MEMORY": "host_out_of_memory",
    "PREEMPTED": "preempted",
    "TIMEOUT": "timeout",
}
"""Slurm's words for the end of a job, job_state_string() in src/common/slurm_protocol_defs.c."""
_CONTROLLER = ["squeue", "--noheader", "--array", "--states=all", "--format=%i|%T|%N", "--jobs"]
_DATABASE = ["sacct", "--noheader", "--parsable2", "--allocations", "--format=JobID,State,NodeList", "--jobs"]
_PATIENCE_S = 30


def ends_of(jobs: Sequence[str]) -> dict[str, Ended]:
    """Return how jobs (`123` or `123_4`) ended, of those that somebody remembers; two questions at most."""
    found = _asked(_CONTROLLER, jobs)
    return _asked(_DATABASE, [job for job in jobs if job not in found]) | found


def _asked(question: Sequence[str], jobs: Sequence[str]) -> dict[str, Ended]:
    said = answer([*question, ",".join(jobs)], _PATIENCE_S) if jobs else None
    lines = [line.strip().split("|") for line in (said or "").splitlines()]
    return {
        line[0]: Ended(kind=_KINDS[word], state=line[1], node=line[2])
        for line in lines
        if len(line) == 3 and line[0] in jobs and (word := line[1].split(" ")[0].rstrip("+")) in _KINDS
    }
