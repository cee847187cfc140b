"""The places where workers are started: this machine, or a Slurm cluster."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from orchestrator.core.submission import LOCAL
from orchestrator.edges.local import LocalCluster
from orchestrator.edges.slurm import SlurmCluster

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.core.demand import Limits
    from orchestrator.core.submission import Profile, Submission
    from orchestrator.edges.job_log import Entry


class Cluster(Protocol):
    """A place where workers are started."""

    name: str

    def limits(self) -> Limits:
        """Return what the place allows."""

    def start(self, entry: Entry, code: Path) -> tuple[str, ...]:
        """Start a submission's workers and return their jobs."""

    def find(self, entry: Entry) -> tuple[str, ...] | None:
        """Return the jobs of a submission; None when nobody can tell."""

    def is_alive(self, job: str) -> bool | None:
        """Say whether a job is queued or active; None when nobody can tell."""


def place(submission: Submission) -> Cluster:
    """Return where the study's workers are started, as it is from now on."""
    if submission.profile.here:
        return LocalCluster()
    return SlurmCluster(submission.profile, time.monotonic())


def place_of(entry: Entry, profile: Profile) -> Cluster:
    """Return where the jobs of a submission are to be looked for."""
    here = entry.intent is not None and entry.intent.cluster == LOCAL.name
    return LocalCluster() if here else SlurmCluster(profile)
