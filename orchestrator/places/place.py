"""The places where workers are started: this machine, or a Slurm cluster."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from orchestrator.places.local import LocalCluster
from orchestrator.places.profile import LOCAL
from orchestrator.places.slurm.cluster import SlurmCluster

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.places.job_log import Entry
    from orchestrator.places.profile import Limits, Profile


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


def place(profile: Profile) -> Cluster:
    """Return where workers are started, as it is from now on."""
    if profile.here:
        return LocalCluster()
    return SlurmCluster(profile, time.monotonic())


def place_of(entry: Entry, profile: Profile) -> Cluster:
    """Return where the jobs of a submission are to be looked for."""
    here = entry.intent is not None and entry.intent.cluster == LOCAL.name
    return LocalCluster() if here else SlurmCluster(profile)
