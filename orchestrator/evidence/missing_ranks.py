"""Where fewer trials can be chosen from than a need with `top` takes: the points of the other ranks wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.objective import FINAL, results
from orchestrator.study.best import ranked
from orchestrator.study.plan import Candidates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Edge, Point, Stage, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingRanks:
    """Points of a stage that never start, since the stage they need has no trial for their rank."""

    stage: str
    need: str
    source: str
    """The stage that is needed."""
    metric: str
    points: tuple[Mapping[str, Any], ...]
    top: int
    found: int
    """So many have a finite metric where the first point looks."""


def missing_ranks(study: Study, seen: Seen) -> list[MissingRanks]:
    """Return every need with `top` that found fewer trials than it takes, though nothing more will come."""
    needs = [(stage, edge) for stage in study.stages for edge in stage.needs if edge.best and edge.best.top]
    return [told for stage, edge in needs if (told := _told(stage, edge, seen))]


def _told(stage: Stage, edge: Edge, seen: Seen) -> MissingRanks | None:
    assert edge.best is not None
    if not seen.plan.undecided.get(stage.name):
        return None
    trials = Candidates(seen.plan.of(edge.stage))
    open_ = Candidates([one.point for one in seen.plan.openings if one.stage == edge.stage and one.remaining])
    short: list[tuple[Point, int]] = []
    for point in stage.points:
        axes = edge.joins_on(point.axes)
        found = trials.joined(axes)
        if open_.joined(axes) or not all(seen.states[trial.id] in FINAL for trial in found):
            continue
        count = len(ranked(found, edge.best, results(found, seen), point.axes, searched=edge.searched))
        if 0 < count <= edge.place(point.axes):  # that there is none at all is told elsewhere
            short.append((point, count))
    if not short:
        return None
    return MissingRanks(
        stage=stage.name,
        need=edge.name,
        source=edge.stage,
        metric=edge.best.metric,
        points=tuple(point.axes for point, _ in short),
        top=edge.best.top or 0,
        found=short[0][1],
    )
