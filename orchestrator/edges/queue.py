"""What Slurm's queue says, asked once for all jobs together."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

_QUERY = ["squeue", "--noheader", "--array", "--me", "--format=%i|%t|%j"]
_PATIENCE_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A job, or one task of an array, that is queued or active."""

    job: str
    """`123` or `123_4`."""
    state: str
    name: str


def parse_queue(text: str) -> list[Queued]:
    """Return the jobs of squeue's answer; a line that is not one of three fields is refused."""
    jobs = []
    for line in text.splitlines():
        fields = line.strip().split("|", maxsplit=2)
        if len(fields) != 3:
            raise ValueError(f"squeue answered `{line}`, not `job|state|name`")
        jobs.append(Queued(job=fields[0], state=fields[1], name=fields[2]))
    return jobs


def ask_queue() -> list[Queued] | None:
    """Return all queued and active jobs of this user; None when the scheduler does not answer properly."""
    try:
        done = subprocess.run(_QUERY, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    if done.returncode != 0:
        return None
    try:
        return parse_queue(done.stdout)
    except ValueError:
        return None


def end_of_job(job: str) -> str | None:
    """Return when Slurm will end a job, as it prints it; None when it does not say."""
    try:
        done = subprocess.run(
            ["squeue", "--noheader", "--jobs", job, "--format=%e"],
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return None
    end = done.stdout.strip()
    return end if done.returncode == 0 and end and end not in {"N/A", "NONE"} else None
