"""The best trials of a stage, at each point of the axes around its search or its choice, as values."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.messages.errors import UserError
from orchestrator.messages.problems import listed
from orchestrator.report.searches.outcome import best_outcomes
from orchestrator.report.searches.tables import so_far
from orchestrator.study.best import best_of, finite, settings
from orchestrator.study.matrix import comparable
from orchestrator.study.plan import Candidates, applies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.report.searches.outcome import SearchResults
    from orchestrator.study.objective import Best, Objective
    from orchestrator.study.study import Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class BestTrial:
    """What is best at one point."""

    axes: Mapping[str, Any]
    """The point."""
    values: Mapping[str, float]
    """Each metric that it is best by; of several trials their mean."""
    params: Mapping[str, Any]
    """What was chosen: searched parameters, else the axes in which the trials compared differ."""
    trials: tuple[Trial, ...]
    """Several where their mean is best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageBest:
    """What is best of a stage."""

    stage: str
    objectives: tuple[Objective, ...]
    found: tuple[BestTrial, ...]
    """With several objectives all that none is better than."""
    points: int
    """At so many points something could be best."""
    notes: tuple[str, ...] = ()
    """What is not over yet."""
    searched: bool = True
    """Whether a search chose; else the trials of a grid were compared."""


def best_of_searches(searches: Sequence[SearchResults], trials: Mapping[str, Trial]) -> StageBest:
    """Return what a stage's search has found, for what it searches."""
    names = [objective.metric for objective in searches[0].objectives]
    return StageBest(
        stage=searches[0].stage,
        objectives=searches[0].objectives,
        found=tuple(
            BestTrial(
                axes=results.axes,
                values=dict(zip(names, one.values, strict=True)),
                params=one.params,
                trials=tuple(trials[identity] for identity in one.trials),
            )
            for results in searches
            for one in best_outcomes(results)
        ),
        points=len(searches),
        notes=tuple(text for results in searches if (text := so_far(results))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Trials of which one is to be best."""

    axes: Mapping[str, Any]
    """What they have in common."""
    trials: Sequence[Trial]
    params: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Trial id -> what a search chose; where it says nothing, the other axes."""


def best_of_groups(
    stage: str,
    groups: Sequence[Compared],
    best: Best,
    results: Mapping[str, Mapping[str, float]],
    notes: Sequence[str] = (),
) -> StageBest:
    """Return which trial of each group is best by a metric."""
    found = [one for group in groups if (one := _best_of_group(group, best, results))]
    return StageBest(
        stage=stage,
        objectives=(best,),
        found=tuple(found),
        points=len(groups),
        notes=tuple(notes),
        searched=any(group.params for group in groups),
    )


def _best_of_group(
    group: Compared, best: Best, results: Mapping[str, Mapping[str, float]]
) -> BestTrial | None:
    searched = bool(group.params)
    winner = best_of(group.trials, best, results, group.axes, searched=searched)
    if winner is None:
        return None
    setting = next(one for one in settings(group.trials, best.mean, searched=searched) if winner in one)
    values = [value for trial in setting if (value := finite(trial, best.metric, results)) is not None]
    others = {
        axis: value for axis, value in winner.axes.items() if axis not in group.axes and axis not in best.mean
    }
    return BestTrial(
        axes=group.axes,
        values={best.metric: statistics.mean(values)},
        params=group.params.get(winner.id, others),
        trials=tuple(setting),
    )


def needed_best(study: Study, stage: str) -> Best | None:
    """Return by what other stages take the best of this one; None where none does.

    Raises UserError where they take it by several metrics.
    """
    wanted = {
        (edge.best.minimize, edge.best.maximize, tuple(edge.best.mean)): edge.best
        for other in study.stages
        for edge in other.needs
        if edge.stage == stage and edge.best is not None
    }
    if len(wanted) > 1:
        metrics = dict.fromkeys(best.metric for best in wanted.values())
        raise UserError(
            f"stage `{stage}` is compared by {listed(metrics)}, in {len(wanted)} ways",
            hint="say which: --minimize METRIC or --maximize METRIC",
        )
    return next(iter(wanted.values()), None)


def compared(study: Study, stage: str, trials: Sequence[Trial]) -> list[Compared]:
    """Return the trials of a stage as the needs of other stages compare them; all together without one."""
    candidates, groups = Candidates(trials), dict[tuple[Any, ...], Compared]()
    own = trials[0].axes if trials else {}
    for other in study.stages:
        for edge in (edge for edge in other.needs if edge.stage == stage and edge.best is not None):
            for point in (point for point in other.points if applies(edge, point.axes)):
                axes = edge.joins_on(point.axes)
                shared = {axis: axes[axis] for axis in own if axis in axes}
                key = tuple((axis, comparable(value)) for axis, value in shared.items())
                groups.setdefault(key, Compared(axes=shared, trials=candidates.joined(axes)))
    found = [group for group in groups.values() if group.trials]
    return found or [Compared(axes={}, trials=trials)] * bool(trials)
