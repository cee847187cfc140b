"""Find out why attempts were lost: ask the scheduler what became of their jobs, and write it beside them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import Loss
from orchestrator.evidence.state import State
from orchestrator.files.record_file import publish
from orchestrator.places.table import all_places

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen
    from orchestrator.places.place import Ended
    from orchestrator.places.profile import Profile
    from orchestrator.study.trial import Trial

_LATELY_S = 3600
"""Older losses that nobody could explain are not asked about again and again."""


def explain_losses(runs: RunFolder, profile: Profile, seen: Seen) -> list[Trial]:
    """Write down what the scheduler says of jobs under lost attempts; return the trials it speaks of."""
    lost = _unexplained(runs, seen)
    jobs = sorted(set(lost.values()))
    ends: dict[str, Ended] = {}
    for place in all_places(profile).values():
        ends |= place.ends_of(jobs)
    explained = []
    for identity, job in lost.items():
        if ended := ends.get(job):
            trial, last = seen.plan.by_id[identity], seen.evidence[identity].attempts[-1]
            loss = Loss(kind=ended.kind, state=ended.state, node=ended.node, time=time.time())
            publish(runs.trial(trial).attempt(last.number) / "loss.json", loss.model_dump_json())
            explained.append(trial)
    return explained


def _unexplained(runs: RunFolder, seen: Seen) -> dict[str, str]:
    """Return the trials with a lost attempt of which nobody has said why, each with the job of that."""
    found = {}
    for trial in seen.plan.by_id.values():
        if seen.states[trial.id] not in {State.LOST, State.FAILED}:
            continue
        last = seen.evidence[trial.id].attempts[-1]
        if last.exit or last.loss or not last.claim or _age(runs, trial, last.number) > _LATELY_S:
            continue
        found[trial.id] = last.claim.job
    return found


def _age(runs: RunFolder, trial: Trial, number: int) -> float:
    """Return the seconds since the attempt's heart last beat."""
    try:
        return time.time() - (runs.trial(trial).attempt(number) / "heartbeat").stat().st_mtime
    except FileNotFoundError:
        return 0.0
