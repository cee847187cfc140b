"""The trials that a need with `all` gathers, as a task is handed them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from orchestrator.evidence.edges.run_folder import TrialFolder
    from orchestrator.study.trial import Gathered, Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredTrial:
    """A finished trial that another one needs among others."""

    trial: str
    """Its id."""
    axes: Mapping[str, Any]
    """Its point, and what a search chose where it comes from one."""
    artifacts: Path
    """The folder with what it has kept."""
    metrics: Mapping[str, float]
    """Of its result."""


def members(folder: TrialFolder, gathered: Gathered) -> list[GatheredTrial]:
    """Return the trials of a need in the order of the plan.

    Raises FileNotFoundError where one of them, or its result, is gone.
    """
    found = folder.each_needed([member.id for member in gathered.members])
    return [_member(found[member.id], member.axes) for member in gathered.members]


def _member(folder: TrialFolder, axes: Mapping[str, Any]) -> GatheredTrial:
    result = folder.read_result()
    if result is None:
        raise FileNotFoundError(f"the needed trial {folder.id} has no result: {folder.path / 'result.json'}")
    return GatheredTrial(trial=folder.id, axes=axes, artifacts=folder.artifacts, metrics=result.metrics)


def wrong_need(trial: Trial, name: str) -> KeyError:
    """Return the error of a task that asks for a need in the way of the other kind, or for none."""
    if name in trial.gathered:
        return KeyError(f"the need `{name}` has several trials: write context.members({name!r})")
    if name in trial.needs:
        return KeyError(f"the need `{name}` is one trial: write context.need({name!r})")
    return KeyError(f"no need `{name}` here; there are {sorted({**trial.needs, **trial.gathered})}")
