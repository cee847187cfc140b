"""The needs of a stage as the file gives them: their order, their directions, what they hand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.messages.problems import Keys, Problems, listed, nearest, shown
from orchestrator.study.matrix import referred
from orchestrator.study.need_keys import (
    Written,
    axes_of,
    check_all,
    check_conditions,
    check_where,
    gathered_axes,
    is_asked,
)
from orchestrator.study.objective import Best, Objective
from orchestrator.study.plan import applies
from orchestrator.study.records import example_values, handed_fields
from orchestrator.study.searches.space_checks import any_values, takes
from orchestrator.study.searches.tree import has, overlap
from orchestrator.study.study import Edge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.study.parameters import TaskDescription
    from orchestrator.study.study_file import Need, StageEntry, StudyFile


def ordered(file: StudyFile, broken: frozenset[Keys], problems: Problems) -> list[str]:
    """Return the stages with needed ones first, else as declared; note unknown needs and cycles."""
    order: list[str] = []
    trail: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        trail.append(name)
        for need, target in file.stages[name].needs.items():
            place = ("stages", name, "needs", need)
            if target.stage in trail:
                cycle = [*trail[trail.index(target.stage) :], target.stage]
                problems.add(place, f"the needs go in a circle: {' → '.join(cycle)}", "cut one of them")
            elif target.stage in file.stages:
                visit(target.stage)
            elif ("stages", target.stage) not in broken:
                others = [stage for stage in file.stages if stage != name]
                problems.add(place, f"there is no stage `{target.stage}`", nearest(target.stage, others))
        trail.pop()
        order.append(name)

    for name in file.stages:
        visit(name)
    return order


def edges(
    name: str, file: StudyFile, task: TaskDescription | None, broken: frozenset[Keys], problems: Problems
) -> tuple[Edge, ...]:
    """Return the needs of a stage that lead to known stages."""
    found = []
    for need, target in file.stages[name].needs.items():
        place, entry = ("stages", name, "needs", need), file.stages[name]
        known = target.stage in file.stages and ("stages", target.stage) not in broken
        source = file.stages[target.stage] if known else None
        check_conditions(target, entry, source, place, problems)
        if source is None:
            continue
        best = _direction(target, source, place, problems)
        if best is not None:
            _check_mean(best, target.stage, source, (*place, "best", "mean"), problems)
        written = Written(name=need, need=target, entry=entry, source=source, keys=place)
        check_where(written, best, problems)
        check_all(written, problems)
        handed = _inherited(file, name, source, task) if target.best is not None and task else ()
        averaged = [*best.mean, *handed_fields(source, file.axes, best.mean)] if best else []
        found.append(
            Edge(
                name=need,
                stage=target.stage,
                when=target.when,
                best=best,
                inherits=tuple(each for each in handed if each not in averaged),
                where=target.where,
                searched=bool(best and source.search and source.search.seeds),
                all=gathered_axes(target, entry, source),
                require=None if target.require == "all" else target.require,
            )
        )
    return tuple(found)


def _direction(need: Need, source: StageEntry, keys: Keys, problems: Problems) -> Best | None:
    """Return which trial is best: a bare metric takes its direction from the needed stage's search."""
    objectives = _objectives(source)
    if need.best is None:
        if need.all is None and is_asked(source) and objectives:
            problems.add(
                keys,
                f"`{need.stage}` is a search with many trials: which of them is needed?",
                f"write `{{stage: {need.stage}, best: {objectives[0].metric}}}`",
            )
        return None
    if best := _objective(need.best, source):
        return _over_seeds(best, need, source)
    metrics = [objective.metric for objective in objectives]
    why = f"its search is for {listed(metrics)}" if metrics else "it has no search"
    problems.add(
        (*keys, "best"),
        f"`best: {need.best}` has no direction from stage `{need.stage}`: {why}",
        f"write `best: {{minimize: {need.best}}}` or `best: {{maximize: {need.best}}}`",
    )
    return None


def _objectives(source: StageEntry) -> tuple[Objective, ...]:
    return source.search.objectives if source.search else ()


def _over_seeds(best: Best, need: Need, source: StageEntry) -> Best:
    """Return the best by the mean over the seeds that a search tries each answer with."""
    seeds = source.search.seeds if source.search else None
    if not seeds or "seed" in best.mean or "seed" in need.where:
        return best
    return best.model_copy(update={"mean": [*best.mean, "seed"]})


def _check_mean(best: Best, stage: str, source: StageEntry, keys: Keys, problems: Problems) -> None:
    """Note axes that no trials of the needed stage differ in alone."""
    seeds = source.search.seeds if source.search else None
    others = [axis for axis in best.mean if axis != "seed" or not seeds]
    if others and is_asked(source):
        problems.add(
            keys,
            f"each point of `{stage}` is a search of its own, so no setting has several trials",
            f"leave `mean` out, or train the best over {listed(others)} in a stage between"
            + ("; `seeds: 3` in the search tries each answer three times" if "seed" in others else ""),
        )
        return
    axes = axes_of(source)
    for index, axis in enumerate(best.mean):
        if axis not in axes:
            problems.add((*keys, index), f"`{axis}` is not an axis of stage `{stage}`", nearest(axis, axes))


def check_luck(file: StudyFile, warnings: Problems) -> None:
    """Note each `best` of trials that differ in their seed too: the luckiest of them would be taken."""
    for name, entry in file.stages.items():
        for need, target in entry.needs.items():
            source = file.stages.get(target.stage)
            if source is None or target.best is None or "seed" not in source.over or "seed" in entry.over:
                continue
            searched = is_asked(source) or "seed" in target.where
            seeds = {**source.axes, **file.axes}.get("seed", [])
            best = _objective(target.best, source)
            if best is not None and "seed" not in best.mean and not searched and len(seeds) > 1:
                way = "minimize" if best.minimize else "maximize"
                mean = shown({way: best.metric, "mean": [*best.mean, "seed"]})
                warnings.add(
                    ("stages", name, "needs", need, "best"),
                    f"the best of `{target.stage}` is decided by one seed each",
                    f"write `best: {mean}` to compare means over the seeds",
                )


def _objective(best: str | Best, source: StageEntry) -> Best | None:
    """Return the metric with its direction; a bare one has that of the search, if the search is for it."""
    if isinstance(best, Best):
        return best
    objective = next((one for one in _objectives(source) if one.metric == best), None)
    if objective is None:
        return None
    return Best(minimize=objective.minimize, maximize=objective.maximize)


def _inherited(file: StudyFile, stage: str, source: StageEntry, task: TaskDescription) -> tuple[str, ...]:
    entry = file.stages[stage]
    own = {"seed", *entry.over, *(entry.search.names if entry.search else ())}
    own.update(handed_fields(entry, file.axes))
    own.update(name for name, value in entry.params.items() if not isinstance(value, dict))
    offered = [*(source.search.names if source.search else ()), *source.over]
    offered += handed_fields(source, file.axes)
    return tuple(
        name
        for name in offered
        if takes(task, name) and not has(entry.params, name) and not any(overlap(name, one) for one in own)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the needs of one stage bring along."""

    file: StudyFile
    stage: str
    edges: tuple[Edge, ...]

    @property
    def complete(self) -> bool:
        """Say whether every need leads to a stage that is known."""
        return all(need.stage in self.file.stages for need in self.file.stages[self.stage].needs.values())

    def joined_axes(self) -> set[str]:
        """Return the axes by which a point chooses what it needs."""
        axes = set()
        entry = self.file.stages[self.stage]
        for need in entry.needs.values():
            axes |= set(need.when).union(*map(referred, need.where.values()))
            if source := self.file.stages.get(need.stage):
                axes |= {*axes_of(source)} - {*need.where, *(gathered_axes(need, entry, source) or ())}
        return axes

    def examples(self, axes: Mapping[str, Any]) -> dict[str, Any]:
        """Return an allowed value for every parameter that the point inherits."""
        values: dict[str, Any] = {}
        for edge in self.edges:
            if applies(edge, axes):
                source = self.file.stages[edge.stage]
                offered = example_values(source, self.file.axes)
                offered |= any_values(source.search) if source.search else {}
                values |= {name: offered[name] for name in edge.inherits if name in offered}
        return values
