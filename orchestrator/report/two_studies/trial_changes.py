"""Which trials two studies share, and whether results of the shared ones are the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.reproduction.agreement import agree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.selection import Material, Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricChange:
    """A metric of a trial that both studies have, with two different values."""

    trial: str
    stage: str
    axes: str
    metric: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTrials:
    """How many trials of a stage both studies have."""

    stage: str
    shared: int
    only_before: tuple[str, ...]
    """Ids of trials that the second study lacks."""
    only_after: tuple[str, ...]


def stage_trials(one: Material, other: Material) -> list[StageTrials]:
    """Return for each stage which trials both have; a trial is the same wherever its id is."""
    known = [{seen.trial.id for group in side.stages.values() for seen in group} for side in (one, other)]
    return [
        StageTrials(
            stage=name,
            shared=len(_ids(one, name) & known[1]),
            only_before=_without(one.stages.get(name, ()), known[1]),
            only_after=_without(other.stages.get(name, ()), known[0]),
        )
        for name in dict.fromkeys((*one.stages, *other.stages))
    ]


def metric_changes(one: Material, other: Material) -> list[MetricChange]:
    """Return what trials that both have gave differently, but for metrics of the machine."""
    others = _finished(other)
    return [
        MetricChange(
            trial=seen.trial.id,
            stage=seen.trial.stage,
            axes=seen.trial.axes_text,
            metric=name,
            before=before.get(name),
            after=after.get(name),
        )
        for identity, seen in _finished(one).items()
        if identity in others
        for before, after in [(seen.metrics or {}, others[identity].metrics or {})]
        for name in dict.fromkeys((*before, *after))
        if not name.startswith(TIMING) and not _same(before.get(name), after.get(name))
    ]


def _same(before: float | None, after: float | None) -> bool:
    return before is not None and after is not None and agree(before, after, 0.0)


def _finished(material: Material) -> Mapping[str, Observation]:
    seen = [one for group in material.stages.values() for one in group]
    return {one.trial.id: one for one in seen if one.metrics is not None}


def _ids(material: Material, stage: str) -> set[str]:
    return {seen.trial.id for seen in material.stages.get(stage, ())}


def _without(seen: Sequence[Observation], known: set[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.trial.id for one in seen if one.trial.id not in known))
