"""The table of places: another scheduler is one file that holds a `Place`, and one line here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.messages.errors import UserError
from orchestrator.places.local import ThisMachine
from orchestrator.places.profile import LOCAL
from orchestrator.places.slurm.cluster import SlurmCluster

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.places.job_log import Launch
    from orchestrator.places.place import Place
    from orchestrator.places.profile import Profile

PLACES: dict[str, type[Place]] = {place.kind: place for place in (ThisMachine, SlurmCluster)}


def place_of(profile: Profile, since: float | None = None) -> Place:
    """Return where a profile starts workers, as it is at `since` (time.monotonic) or later.

    Raises UserError when nobody knows its scheduler.
    """
    kind = LOCAL.scheduler if profile.here else profile.scheduler
    if kind not in PLACES or (kind == LOCAL.scheduler and not profile.here):
        known = ", ".join(sorted(PLACES.keys() - {LOCAL.scheduler}))
        raise UserError(
            f"`{profile.name}` has the scheduler `{kind}`, which is not known; known are {known}",
            hint="correct `scheduler` in the profile",
        )
    return PLACES[kind](profile, since)


def place_of_launch(launch: Launch, profile: Profile) -> Place:
    """Return where the jobs of a launch are to be looked for."""
    kind = launch.intent.kind_of_place if launch.intent else None
    return PLACES[kind](profile) if kind in PLACES else place_of(profile)


def all_places(profile: Profile) -> dict[str, Place]:
    """Return every place by kind: a study may have jobs left where it was trained before."""
    return {kind: place(profile) for kind, place in PLACES.items()}


def place_of_job(job: str, places: Mapping[str, Place]) -> Place:
    """Return the place that calls a job so; KeyError for what `job_name` refuses."""
    return places[job.partition(":")[0]]


def job_name(text: str) -> str:
    """Return the name of a job; ValueError for what no place calls one."""
    kind, _, rest = text.partition(":")
    if kind not in PLACES or not re.fullmatch(PLACES[kind].job_pattern, rest):
        raise ValueError(f"{text!r} is no job of {', '.join(sorted(PLACES))}")
    return text
