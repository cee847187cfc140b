"""Whether every need finds exactly one trial, and every point is another trial."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, listed, nearest, shown
from orchestrator.study.best import member, settings
from orchestrator.study.gather import Gathering
from orchestrator.study.matrix import comparable, distinct, is_among
from orchestrator.study.needed import Needed
from orchestrator.study.plan import Candidates, Known, applies, trial_of
from orchestrator.study.trial import digest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.study import Edge, Point, Stage
    from orchestrator.study.trial import Gathered, Trial


def check_joins(stages: Sequence[Stage], sound: Mapping[str, bool], problems: Problems) -> None:
    """Note needs that join to none or to many, and points that are the same trial.

    `stages` has needed ones first. Of a stage that is not sound nothing is told.
    """
    known: dict[str, Candidates[Trial]] = {}
    per_point = {stage.name: (stage.search.trials or 0) if stage.search else 1 for stage in stages}
    gathering = Gathering(Known(), {})
    given = {stage.name: _handed_on(stage) for stage in stages}
    clean: dict[str, bool] = {}
    for stage in stages:
        noted = len(problems.found)
        clean[stage.name] = sound[stage.name] and all(clean.get(edge.stage) for edge in stage.needs)
        if clean[stage.name]:
            for edge in stage.needs:
                _check_edge(stage, edge, known[edge.stage], problems)
                if edge.best is not None and edge.best.top and len(problems.found) == noted:
                    _check_top(stage, edge, known[edge.stage], per_point[edge.stage], problems)
                if edge.all is not None and len(problems.found) == noted:
                    _check_gathered(stage, edge, known[edge.stage], per_point[edge.stage], problems)
            _check_handed_on(stage, given, problems)
            clean[stage.name] = len(problems.found) == noted
        tried = [point for each in stage.points for point in stage.tried(each)]
        known[stage.name] = Candidates([_stand_in(stage, point, known, gathering) for point in tried])
        if clean[stage.name]:
            _check_duplicates(stage, known[stage.name].members, problems)


def _check_edge(stage: Stage, edge: Edge, candidates: Candidates[Trial], problems: Problems) -> None:
    wrong = []
    for point in stage.points:
        if applies(edge, point.axes):
            found = candidates.joined(edge.joins_on(point.axes))
            if not found or (len(found) > 1 and edge.best is None and edge.all is None):
                wrong.append((point, found))
    if not wrong:
        if edge.best is not None and edge.best.mean and not edge.searched:
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
    problems.add(_place(stage, edge, point, candidates.members), message, hint)


def _place(stage: Stage, edge: Edge, point: Point, candidates: Sequence[Trial]) -> Keys:
    """Return where it is written what a point is joined with: a value in `where` that no trial has."""
    place = ("stages", stage.name, "needs", edge.name)
    wrong = [axis for axis in _absent(edge, point, candidates) if axis in edge.where]
    return (*place, "where", wrong[0]) if wrong else place


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


def _check_top(
    stage: Stage, edge: Edge, candidates: Candidates[Trial], per_point: int, problems: Problems
) -> None:
    """Note more of the best than there are to choose from."""
    assert edge.best is not None
    top, place = edge.best.top or 0, ("stages", stage.name, "needs", edge.name, "best", "top")
    for point in stage.points:
        found = candidates.joined(edge.joins_on(point.axes))
        count = len(settings(found, edge.best.mean, searched=edge.searched)) * per_point
        if top > count:
            what = f"the best {top} are taken, and point {shown(point.axes)} has {count} to choose from"
            problems.add(place, what, f"write a number from 1 to {count}")
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


def _check_gathered(
    stage: Stage, edge: Edge, candidates: Candidates[Trial], per_point: int, problems: Problems
) -> None:
    """Note trials that differ in what nobody named, and more that are required than there are."""
    place, checked = ("stages", stage.name, "needs", edge.name), set[int]()
    for point in (point for point in stage.points if applies(edge, point.axes)):
        found = candidates.joined(edge.joins_on(point.axes))
        if id(found) in checked:
            continue
        checked.add(id(found))
        named = {*edge.joins_on(point.axes), *(edge.all or ())}
        if loose := [axis for axis in found[0].axes if axis not in named and _differ(found, axis)]:
            what = (
                f"point {shown(point.axes)} joins trials of `{edge.stage}` that differ in {listed(loose)} too"
            )
            problems.add(
                (*place, "all"), what, f"add {listed(loose)} to `all:`, or to `over:` of stage `{stage.name}`"
            )
            return
        if edge.require is not None and edge.require > len(found) * per_point:
            count = len(found) * per_point
            what = f"{edge.require} trials are required, and point {shown(point.axes)} has {count}"
            problems.add((*place, "require"), what, f"write a number from 1 to {count}, or `all`")
            return


def _differ(trials: Sequence[Trial], axis: str) -> bool:
    first = comparable(trials[0].axes[axis])
    return any(comparable(trial.axes[axis]) != first for trial in trials)


def _handed_on(stage: Stage) -> set[str]:
    """Return what trials of a stage can hand on: parameters, and axes that are none."""
    searched = stage.search.names if stage.search else ()
    return {*searched, *(name for point in stage.points for name in (*point.axes, *point.params))}


def _check_handed_on(stage: Stage, given: Mapping[str, set[str]], problems: Problems) -> None:
    """Note a parameter that two needs of one point hand on, and one that none of its trials has.

    `given` is what each stage can hand on.
    """
    for point in stage.points:
        givers: dict[str, Edge] = {}
        for edge in (edge for edge in stage.needs if applies(edge, point.axes)):
            if lost := [name for name in edge.inherits if name not in given[edge.stage]]:
                problems.add(
                    ("stages", stage.name, "needs", edge.name),
                    f"the best of `{edge.stage}` cannot hand on {listed(lost)}: its task does not take that",
                    f"give it under `params:` of stage `{stage.name}`, or be over its axis here too",
                )
                return
            for name in edge.inherits:
                first = givers.setdefault(name, edge)
                if (first.stage, first.best, first.where) != (edge.stage, edge.best, edge.where):
                    problems.add(
                        ("stages", stage.name, "needs", edge.name),
                        f"`{first.name}` and `{edge.name}` both hand on `{name}`",
                        f"give `{name}` under `params:` of stage `{stage.name}`, "
                        "or let only one of them hold for a point, with `when:`",
                    )
                    return


def _hint_many(stage: Stage, edge: Edge, point: Point, found: Sequence[Trial]) -> str:
    axes = [axis for axis in found[0].axes if axis not in edge.aims_at(point.axes)]
    return (
        f"they differ in {listed(axes)}: add that to `over:` of stage `{stage.name}`, "
        f"name one value in `where:`, gather them with `all: {shown(axes)}`, "
        f"or take the best: `{edge.name}: {{stage: {edge.stage}, best: {{minimize: METRIC}}}}`"
    )


def _hint_none(edge: Edge, point: Point, candidates: Sequence[Trial]) -> str:
    wanted = edge.joins_on(point.axes)
    shared = [axis for axis in wanted if candidates and axis in candidates[0].axes]
    absent = _absent(edge, point, candidates)
    pair = {axis: wanted[axis] for axis in absent or shared}
    missing = f"`{edge.stage}` has no point with {shown(pair)}"
    if meant := [axis for axis in absent if axis in edge.where]:
        there = distinct([trial.axes[meant[0]] for trial in candidates])
        return f"{missing}: {nearest(wanted[meant[0]], there)}"
    return f"{missing}: add it there, or limit the need with `when:`, or cut the point with `exclude:`"


def _absent(edge: Edge, point: Point, candidates: Sequence[Trial]) -> list[str]:
    """Return the axes of which a value is wanted that no trial of the needed stage has."""
    wanted = edge.joins_on(point.axes)
    return [
        axis
        for axis, value in wanted.items()
        if candidates
        and axis in candidates[0].axes
        and not is_among(value, distinct([trial.axes[axis] for trial in candidates]))
    ]


def _stand_in(
    stage: Stage, point: Point, known: Mapping[str, Candidates[Trial]], gathering: Gathering
) -> Trial:
    """Return a trial whose id is equal exactly where that of the real trials will be."""
    needs: dict[str, str] = {}
    gathered: dict[str, Gathered] = {}
    for edge in (edge for edge in stage.needs if applies(edge, point.axes) and edge.stage in known):
        found = known[edge.stage].joined(edge.aims_at(point.axes))
        if edge.all is None:
            ids = sorted(trial.id for trial in found)
            best = edge.best.model_dump() if edge.best else None
            needs[edge.name] = digest([ids, best, edge.place(point.axes)])
        elif whole := gathering.of(edge.model_copy(update={"require": None}), found):
            gathered[edge.name] = whole
    params: dict[str, Any] = dict(point.params)
    if stage.search is not None:
        params["search"] = stage.search.model_dump(mode="json")
    return trial_of(stage, point, params, Needed(needs=needs, gathered=gathered))


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
