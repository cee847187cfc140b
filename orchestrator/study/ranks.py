"""A stage that takes several of the best: each of its points once for every rank."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, listed
from orchestrator.study.objective import RANK, Best

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.study_file import StageEntry


def tops(entry: StageEntry) -> dict[str, int]:
    """Return the needs of a stage that take several of the best, and how many."""
    bests = {name: need.best for name, need in entry.needs.items() if isinstance(need.best, Best)}
    return {name: best.top for name, best in bests.items() if best.top is not None}


def with_ranks(points: Sequence[Mapping[str, Any]], entry: StageEntry) -> list[dict[str, Any]]:
    """Return each point once for every rank, where a need takes several of the best."""
    top = next(iter(tops(entry).values()), None)
    if top is None:
        return [dict(point) for point in points]
    return [{**point, RANK: rank} for point in points for rank in range(1, top + 1)]


def check_ranks(entry: StageEntry, keys: Keys, problems: Problems) -> None:
    """Note an axis `rank` that would be there twice, and points that would have none."""
    taking = tops(entry)
    for name in taking:
        place = (*keys, "needs", name, "best", "top")
        if RANK in entry.over:
            what = f"`top` gives this stage an axis `{RANK}`, and it is over one already"
            problems.add(place, what, "give that axis another name, or leave `top` out")
        if entry.needs[name].when:
            what = "`top` makes a point for each rank, and `when` leaves some without"
            problems.add(place, what, "leave `when` out, or make two stages of this one")
    if len(taking) > 1:
        what = f"{listed(taking)} take several of the best each, and a stage has one axis `{RANK}`"
        problems.add((*keys, "needs"), what, "leave `top` out of all but one of them")
