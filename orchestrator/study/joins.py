"""Whether every need finds exactly one trial, and every point is another trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Problems, listed, shown
from orchestrator.study.best import member, settings
from orchestrator.study.matrix import is_among
from orchestrator.study.plan import Candidates, applies, trial_of
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.study import Edge, Point, Stage
    from orchestrator.study.trial import Trial


def check_joins(stages: Sequence[Stage], sound: Mapping[str, bool], problems: Problems) -> None:
    """Note needs that join to none or to many, and points that are the same trial.

    `stages` has needed ones first. Of a stage that is not sound nothing is told.
    """
    known: dict[str, Candidates[Trial]] = {}
    given = {stage.name: _parameters(stage) for stage in stages}
    clean: dict[str, bool] = {}
    for stage in stages:
        noted = len(problems.found)
        clean[stage.name] = sound[stage.name] and all(clean.get(edge.stage) for edge in stage.needs)
        if clean[stage.name]:
            for edge in stage.needs:
                _check_edge(stage, edge, known[edge.stage], problems)
            _check_handed_on(stage, given, problems)
            clean[stage.name] = len(problems.found) == noted
        known[stage.name] = Candidates([_stand_in(stage, point, known) for point in stage.points])
        if clean[stage.name]:
            _check_duplicates(stage, known[stage.name].members, problems)


def _check_edge(stage: Stage, edge: Edge, candidates: Candidates[Trial], problems: Problems) -> None:
    wrong = []
    for point in stage.points:
        if applies(edge, point.axes):
            found = candidates.joined(edge.joins_on(point.axes))
            if not found or (len(found) > 1 and edge.best is None):
                wrong.append((point, found))
    if not wrong:
        if edge.best is not None and edge.best.mean:
            _check_settings(stage, edge, edge.best.mean, candidates, problems)
        return
    point, found = wrong[0]
    more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    message = f"point {shown(point.axes)}{more} "
    if found:
        message += f"joins {len(found)} trials of `{edge.stage}`"
        hint = _hint_many(stage, edge, point, found)
    else:
        message += f"joins no trial of `{edge.stage}`"
        hint = _hint_none(edge, point, candidates.members)
    problems.add(("stages", stage.name, "needs", edge.name), message, hint)


def _check_settings(
    stage: Stage, edge: Edge, mean: Sequence[str], candidates: Candidates[Trial], problems: Problems
) -> None:
    """Note settings that were not trained over the same values: the mean over fewer would win by luck."""
    place, even = ("stages", stage.name, "needs", edge.name), set[int]()
    for point in (point for point in stage.points if applies(edge, point.axes)):
        found = candidates.joined(edge.joins_on(point.axes))
        if id(found) not in even and (lack := _lacking(found, mean)):
            has, lacks = map(shown, lack)
            what = f"means over {listed(mean)} cannot be compared: `{edge.stage}` has {has}, but not {lacks}"
            hint = f"add that to `{edge.stage}`, or cut the other; put zipped axes into `mean` together"
            problems.add(place, what, hint)
            return
        even.add(id(found))
        if member(found, mean, point.axes) is None:
            own = shown({axis: point.axes[axis] for axis in mean if axis in point.axes})
            what = f"point {own} wants the best of `{edge.stage}`, which has no trial there"
            problems.add(place, what, f"train `{edge.stage}` there too, or cut the point with `exclude:`")
            return


def _lacking(trials: Sequence[Trial], mean: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return a point that one setting has, and the like of it that another one lacks."""
    groups = settings(trials, mean)
    for one, other in [*((groups[0], group) for group in groups), *((group, groups[0]) for group in groups)]:
        for trial in one:
            own = {axis: trial.axes[axis] for axis in mean}
            if member(other, mean, own) is None:
                return trial.axes, {**other[0].axes, **own}
    return None


def _parameters(stage: Stage) -> set[str]:
    searched = stage.search.space if stage.search else ()
    return {*searched, *(name for point in stage.points for name in point.params)}


def _check_handed_on(stage: Stage, given: Mapping[str, set[str]], problems: Problems) -> None:
    """Note a parameter that two needs of one point hand on: which of the two is meant?

    `given` has the parameters of each stage: an axis that is none cannot be handed on.
    """
    for point in stage.points:
        givers: dict[str, Edge] = {}
        for edge in (edge for edge in stage.needs if applies(edge, point.axes)):
            for name in (name for name in edge.inherits if name in given[edge.stage]):
                first = givers.setdefault(name, edge)
                if (first.stage, first.best) != (edge.stage, edge.best):
                    problems.add(
                        ("stages", stage.name, "needs", edge.name),
                        f"`{first.name}` and `{edge.name}` both hand on `{name}`",
                        f"give `{name}` under `params:` of stage `{stage.name}`, "
                        "or let only one of them hold for a point, with `when:`",
                    )
                    return


def _hint_many(stage: Stage, edge: Edge, point: Point, found: Sequence[Trial]) -> str:
    axes = [axis for axis in found[0].axes if axis not in point.axes]
    return (
        f"they differ in {listed(axes)}: add that to `over:` of stage `{stage.name}`, "
        f"or take the best: `{edge.name}: {{stage: {edge.stage}, best: {{minimize: METRIC}}}}`"
    )


def _hint_none(edge: Edge, point: Point, candidates: Sequence[Trial]) -> str:
    shared = [axis for axis in point.axes if candidates and axis in candidates[0].axes]
    there = {axis: [trial.axes[axis] for trial in candidates] for axis in shared}
    absent = [axis for axis in shared if not is_among(point.axes[axis], there[axis])]
    pair = {axis: point.axes[axis] for axis in absent or shared}
    return (
        f"`{edge.stage}` has no point with {shown(pair)}: add it there, "
        f"or limit the need with `when:`, or cut the point with `exclude:`"
    )


def _stand_in(stage: Stage, point: Point, known: Mapping[str, Candidates[Trial]]) -> Trial:
    """Return a trial whose id is equal exactly where that of the real trials will be."""
    needs = {}
    for edge in stage.needs:
        if applies(edge, point.axes) and edge.stage in known:
            ids = sorted(trial.id for trial in known[edge.stage].joined(point.axes))
            needs[edge.name] = digest([ids, edge.best.model_dump() if edge.best else None])
    params: dict[str, Any] = dict(point.params)
    if stage.search is not None:
        params["search"] = stage.search.model_dump(mode="json")
    return trial_of(stage, point, params, needs)


def _check_duplicates(stage: Stage, trials: Sequence[Trial], problems: Problems) -> None:
    first: dict[str, Trial] = {}
    for trial in trials:
        twin = first.setdefault(trial.id, trial)
        if twin is not trial:
            differ = [axis for axis, value in trial.axes.items() if not is_among(value, twin.axes[axis])]
            problems.add(
                ("stages", stage.name),
                f"duplicate trial: points {shown(twin.axes)} and {shown(trial.axes)} are the same trial",
                f"the values of {listed(differ)} mean the same to parameters and needs: drop one point"
                if differ
                else "`include` adds a point that is there already: remove it",
            )
            return
