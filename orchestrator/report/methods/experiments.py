"""What was run: stages, their axes and seeds, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.state import State
from orchestrator.report.methods.methods_section import MethodsSection, MethodsTable, counted, listed_values
from orchestrator.study.matrix import comparable
from orchestrator.study.trial import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Edge, Study
    from orchestrator.study.trial import Trial

_SEED = "seed"


def experiments(study: Study, seen: Seen) -> MethodsSection:
    """Return a row for each stage: its task, trials, results, axes and needs."""
    states = seen.count()
    done, total = states.get(State.DONE, 0), len(seen.states)
    others = {state: count for state, count in states.items() if state is not State.DONE}
    rest = ", ".join(f"{count} {state.lower()}" for state, count in others.items())
    size = f"{counted(total, 'trial')} in {counted(len(study.stages), 'stage')}"
    result = f"{done:,} of them have a result{f' ({rest})' if rest else ''}"
    told = f"The study `{study.name}` consists of {size}; {result}."
    waiting = sum(seen.plan.undecided.values())
    more = [f"{counted(waiting, 'trial')} more are not decided yet."] if waiting else []
    rows = []
    for stage in study.stages:
        trials = seen.plan.of(stage.name)
        finished = sum(seen.states[trial.id] is State.DONE for trial in trials)
        needs = ", ".join(dict.fromkeys(map(_rests_on, stage.needs)))
        rows.append((f"`{stage.name}`", f"{finished} of {len(trials)}", varied(trials), needs or "nothing"))
    return MethodsSection(
        title="Experiments",
        paragraphs=(told, *more),
        table=MethodsTable(header=("stage", "finished", "varied", "rests on"), rows=tuple(rows)),
    )


def _rests_on(edge: Edge) -> str:
    """Return what a need leads to, as ``the best of `sweep` ``."""
    if edge.best is not None:
        return f"the best of `{edge.stage}`"
    if edge.all is not None:
        return f"all of `{edge.stage}`" + (f" over {', '.join(edge.all)}" if edge.all else "")
    return f"`{edge.stage}`"


def randomness(study: Study, seen: Seen) -> MethodsSection:
    """Return with which seeds each stage was run."""
    groups: dict[str, list[str]] = {}
    for stage in study.stages:
        seeds = sorted({trial.seed for trial in seen.plan.of(stage.name)})
        if seeds:
            groups.setdefault(listed_values([*map(str, seeds)], most=12), []).append(stage.name)
    items = [
        (_numbered(seeds), ", ".join(f"`{name}`" for name in names))
        for seeds, names in groups.items()
        if len(groups) > 1
    ]
    alike = [f"All stages were run with {_numbered(seeds)}." for seeds in groups if len(groups) == 1]
    return MethodsSection(title="Seeds", paragraphs=tuple(alike), items=tuple(items))


def _numbered(seeds: str) -> str:
    return f"{'seeds' if ',' in seeds else 'seed'} {seeds}"


def varied(trials: Iterable[Trial]) -> str:
    """Return the axes in which trials differ, seeds counted, as `lr (3), net (2), 5 seeds`."""
    values: dict[str, set[object]] = {}
    seeds = set[int]()
    for trial in trials:
        seeds.add(trial.seed)
        for axis, value in trial.axes.items():
            values.setdefault(axis, set()).add(comparable(value))
    told = [f"{axis} ({len(found)})" for axis, found in values.items() if len(found) > 1 and axis != _SEED]
    return ", ".join([*told, *([f"{len(seeds)} seeds"] if len(seeds) > 1 else [])]) or "nothing"


def values_of(trials: Iterable[Trial], name: str) -> list[str]:
    """Return the values of a parameter, each once, in the order of the plan."""
    found = {
        comparable(trial.params[name]): quoted(trial.params[name]) for trial in trials if name in trial.params
    }
    return [*found.values()]
