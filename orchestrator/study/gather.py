"""What a need with `all` leads to: the trials over some axes, or those of them that have a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.study.searches.tree import chosen_in
from orchestrator.study.trial import Gathered, Member

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.plan import Known
    from orchestrator.study.searches.search import Search
    from orchestrator.study.study import Edge
    from orchestrator.study.trial import Trial

_Axes = tuple[str, ...] | None
Made = dict[tuple[str, _Axes, tuple[str, ...], tuple[str, ...]], Gathered]
"""Stage, axes of `all`, ids of those gathered and of those left out -> what was made of them."""


class Gathering:
    """Gathers once for all points that a group of trials is joined with.

    `made` is kept from one expansion to the next, so that what is gathered again is the same value.
    """

    def __init__(self, known: Known, made: Made, searches: Mapping[str, Search | None] | None = None) -> None:
        self._known = known
        self._made = made
        self._searches = searches or {}
        self._decided: dict[tuple[int, str, _Axes, int | None], Gathered | None] = {}
        """A list of trials, found by its identity -> what is gathered of it, as far as it is decided."""

    def of(self, edge: Edge, found: Sequence[Trial]) -> Gathered | None:
        """Return what a need gathers of the trials it is joined with; None while that is not decided.

        `found` is a group of `Candidates` that outlives this object: it is known by its identity.
        """
        if not found:
            return None
        place = (id(found), edge.stage, edge.all, edge.require)
        if place not in self._decided:
            self._decided[place] = self._gathered(edge, found)
        return self._decided[place]

    def _gathered(self, edge: Edge, found: Sequence[Trial]) -> Gathered | None:
        if edge.require is None:
            return self._of(edge, found, ())
        if not all(trial.id in self._known.settled for trial in found):
            return None
        done = [trial for trial in found if trial.id in self._known.results]
        if len(done) < edge.require:
            return None
        return self._of(edge, done, [trial for trial in found if trial.id not in self._known.results])

    def _of(self, edge: Edge, members: Sequence[Trial], left_out: Sequence[Trial]) -> Gathered:
        ids, others = (tuple(trial.id for trial in group) for group in (members, left_out))
        key = (edge.stage, edge.all, ids, others)
        if key not in self._made:
            self._made[key] = Gathered(
                members=tuple(Member(id=trial.id, axes=self._axes(edge, trial)) for trial in members),
                without=tuple(self._axes(edge, trial) for trial in left_out),
            )
        return self._made[key]

    def _axes(self, edge: Edge, trial: Trial) -> dict[str, object]:
        """Return the point of a trial, with what its search chose."""
        search = self._searches.get(edge.stage)
        chosen = chosen_in(search.space, trial.params) if search else {}
        return trial.axes | {
            name: chosen[name] for name in edge.all or () if name in chosen.keys() - trial.axes
        }
