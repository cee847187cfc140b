"""Where a need with `require` can never be met: too few of the trials that it gathers can have a result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.skipped import skipped
from orchestrator.evidence.state import State
from orchestrator.study.plan import Candidates, applies

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Edge, Point, Stage, Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """Points of a stage that never start, since too few of the trials that they need have a result."""

    stage: str
    need: str
    source: str
    """The stage that is needed."""
    points: tuple[Mapping[str, Any], ...]
    require: int
    done: int
    """So many of the first point's have a result."""
    lost: tuple[str, ...]
    """Those that will have none."""


def too_few(study: Study, seen: Seen) -> list[TooFew]:
    """Return every need of which too many trials have ended without a result.

    Those that miss their data may have one later, as those that are paused: that is told elsewhere.
    """
    edges = [(stage, edge) for stage in study.stages for edge in stage.needs if edge.require]
    if not edges:
        return []
    held = skipped(study, seen).trials
    return [told for stage, edge in edges if (told := _told(stage, edge, seen, held))]


def _told(stage: Stage, edge: Edge, seen: Seen, held: Collection[str]) -> TooFew | None:
    if seen.plan.undecided.get(edge.stage) or not seen.plan.undecided.get(stage.name):
        return None
    candidates = Candidates(seen.plan.of(edge.stage))
    groups: dict[int, tuple[list[Trial], list[Point]]] = {}
    for point in (point for point in stage.points if applies(edge, point.axes)):
        if found := candidates.joined(edge.joins_on(point.axes)):
            groups.setdefault(id(found), (found, []))[1].append(point)
    short = [group for group in groups.values() if _is_short(edge, group[0], seen, held)]
    if not short:
        return None
    found = short[0][0]
    return TooFew(
        stage=stage.name,
        need=edge.name,
        source=edge.stage,
        points=tuple(point.axes for _, points in short for point in points),
        require=edge.require or 0,
        done=sum(seen.states[trial.id] is State.DONE for trial in found),
        lost=tuple(trial.id for trial in found if _is_lost(trial, seen, held)),
    )


def _is_short(edge: Edge, found: Sequence[Trial], seen: Seen, held: Collection[str]) -> bool:
    """Say whether fewer of these trials than are required can have a result."""
    return sum(not _is_lost(trial, seen, held) for trial in found) < (edge.require or 0)


def _is_lost(trial: Trial, seen: Seen, held: Collection[str]) -> bool:
    """Say whether a trial will have no result until somebody types a command."""
    state = seen.states[trial.id]
    return state.ended and state not in {State.DONE, State.PAUSED} and trial.id not in held
