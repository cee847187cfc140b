"""A small copy of a study: few trials of every stage, with everything that they need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.study.plan import Candidates, applies
from orchestrator.study.searches.search_end import ENDING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.study.study import Edge, Point, Stage, Study

COMPARED = 2
"""A need for the best of a stage, or for all of its trials, keeps so many of them."""
ANSWERS = 3
"""A search is asked so often, one after the other: what it answers then depends on results alone."""


def sample(study: Study, trials: int) -> Study:
    """Return the study with at least `trials` points of each stage, those they need included.

    Points that find all their data come first, then those with most needs: they rehearse most.
    """
    chosen: dict[str, list[Point]] = {stage.name: [] for stage in study.stages}
    for stage in reversed(study.stages):  # needs come first in a study
        mine = chosen[stage.name]
        for point in sorted(stage.points, key=lambda point: _rank(stage, point)):
            if len(mine) < trials and point not in mine and _can_be_taken(stage, point):
                mine.append(point)
        for point in mine:
            for edge in stage.needs:
                if applies(edge, point.axes):
                    _choose(study.stage(edge.stage), edge, point, chosen[edge.stage])
    return study.model_copy(update={"stages": tuple(_smaller(stage, chosen) for stage in study.stages)})


def _can_be_taken(stage: Stage, point: Point) -> bool:
    """Say whether a need that takes several of the best has one for the point among those that are kept."""
    bests = [edge for edge in stage.needs if edge.best is not None]
    return all(
        edge.place(point.axes) < (1 if edge.best and edge.best.mean and not edge.searched else COMPARED)
        for edge in bests
    )


def _rank(stage: Stage, point: Point) -> tuple[bool, int]:
    return bool(point.missing), -sum(applies(edge, point.axes) for edge in stage.needs)


def _choose(needed: Stage, edge: Edge, point: Point, chosen: list[Point]) -> None:
    """Add the points that a need is joined with; of those it compares or gathers, a few."""
    joined = Candidates(needed.points).joined(edge.aims_at(point.axes))
    if edge.best is not None or edge.all is not None:
        kept = [other for other in joined if other in chosen]
        rest = sorted((other for other in joined if other not in chosen), key=lambda one: _rank(needed, one))
        joined = rest[: max(0, COMPARED - len(kept))]
    chosen += [other for other in joined if other not in chosen]


def _smaller(stage: Stage, chosen: Mapping[str, list[Point]]) -> Stage:
    points = tuple(_alone(point) for point in stage.points if point in chosen[stage.name])
    search = stage.search
    if search is not None:
        asked = min(search.trials or ANSWERS, ANSWERS)
        alone = {"parallel": 1, "pruner": None, **dict.fromkeys(ENDING)}
        search = search.model_copy(update={"trials": asked, **alone})
    needs = tuple(
        edge.model_copy(update={"require": min(edge.require, COMPARED)}) if edge.require else edge
        for edge in stage.needs
    )
    shape = stage.shape.model_copy(update={"lockstep": 1})
    return stage.model_copy(update={"shape": shape, "points": points, "search": search, "needs": needs})


def _alone(point: Point) -> Point:
    """Return a point that is trained alone: in lockstep rounding depends on who is trained beside it."""
    if point.shape is None:
        return point
    return point.model_copy(update={"shape": point.shape.model_copy(update={"lockstep": 1})})
