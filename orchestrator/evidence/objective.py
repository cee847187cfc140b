"""Where nothing can be the best: no trial has a metric to compare, so what waits for it never starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from orchestrator.evidence.judge import first_without
from orchestrator.evidence.state import State
from orchestrator.study.best import finite, ranked
from orchestrator.study.plan import Candidates, applies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Edge, Stage, Study
    from orchestrator.study.trial import Trial

Why = Literal["absent", "not finite", "no whole setting"]
FINAL = {State.DONE, State.FAILED, State.CANCELLED, State.PRUNED}
"""States that a best is decided on; what is skipped, paused or blocked may yet be trained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoBest:
    """A metric by which none of a stage's trials can be chosen."""

    stage: str
    metric: str
    why: Why
    trial: str
    """A finished trial that shows it."""
    given: Mapping[str, float]
    """The metrics of that trial."""
    waiting: tuple[str, ...]
    """Stages that never start because of it."""
    searched: bool
    """Whether it is what the stage's search is for."""


def no_best(study: Study, seen: Seen) -> list[NoBest]:
    """Return every metric by which nothing can be chosen, in a search or for a `best` need."""
    found = []
    for source in study.stages:
        takers: dict[str, list[tuple[Stage, Edge]]] = {}
        metrics = _sought(source)
        takers.update((metric, []) for metric in metrics)
        for stage in study.stages:
            for edge in stage.needs:
                if edge.stage != source.name:
                    continue
                if edge.best is not None:
                    takers.setdefault(edge.best.metric, []).append((stage, edge))
                elif edge.all is not None and metrics:  # it waits for the search's end
                    takers[metrics[0]].append((stage, edge))
        found += [told for metric, own in takers.items() if (told := _told(source, metric, own, seen))]
    return found


def _sought(source: Stage) -> list[str]:
    """Return the metrics that the stage's search is for."""
    return [objective.metric for objective in source.search.objectives] if source.search else []


def _told(source: Stage, metric: str, takers: Sequence[tuple[Stage, Edge]], seen: Seen) -> NoBest | None:
    finished = [trial for trial in seen.plan.of(source.name) if seen.evidence[trial.id].result]
    takers = [(stage, edge) for stage, edge in takers if seen.plan.undecided.get(stage.name)]
    searched = metric in _sought(source)
    shown = first_without(finished, metric, seen.evidence)
    why: Why | None = None
    blind = searched and seen.plan.undecided.get(source.name)
    if shown and (blind or all(first_without([one], metric, seen.evidence) for one in finished)):
        why = "absent"
    elif finished and _is_decided(source, seen):
        shown = min(finished, key=lambda trial: _is_usable(trial, metric, seen))
        why = _why_undecided(finished, metric, takers, seen, searched=searched)
    if shown is None or why is None:
        return None
    return NoBest(
        stage=source.name,
        metric=metric,
        why=why,
        trial=shown.id,
        given=results(finished, seen)[shown.id],
        waiting=tuple(dict.fromkeys(stage.name for stage, _ in takers)),
        searched=searched,
    )


def _is_usable(trial: Trial, metric: str, seen: Seen) -> bool:
    return finite(trial, metric, results([trial], seen)) is not None


def _is_decided(source: Stage, seen: Seen) -> bool:
    """Say whether a stage has all its trials and they stay as they are."""
    return not seen.plan.undecided.get(source.name) and all(
        seen.states[trial.id] in FINAL for trial in seen.plan.of(source.name)
    )


def _why_undecided(
    finished: Sequence[Trial],
    metric: str,
    takers: Sequence[tuple[Stage, Edge]],
    seen: Seen,
    *,
    searched: bool,
) -> Why | None:
    """Return why a stage that is over has no best for a point that wants it; None where it has."""
    known = results(finished, seen)
    for stage, edge in takers:
        if _is_stuck(stage, edge, seen, known):
            return "no whole setting" if edge.best and edge.best.mean else "not finite"
    none = searched and all(finite(trial, metric, known) is None for trial in finished)
    return "not finite" if none else None


def _is_stuck(stage: Stage, edge: Edge, seen: Seen, known: Mapping[str, Mapping[str, float]]) -> bool:
    """Say whether a point of the stage has finished trials to choose from, and can choose none."""
    candidates = Candidates(seen.plan.of(edge.stage))
    for point in stage.points:
        found = candidates.joined(edge.joins_on(point.axes)) if applies(edge, point.axes) else []
        finished = any(trial.id in known for trial in found)
        if finished and edge.best and not ranked(found, edge.best, known, point.axes, searched=edge.searched):
            return True
    return False


def results(trials: Sequence[Trial], seen: Seen) -> dict[str, Mapping[str, float]]:
    """Return trial id -> metrics of those that are finished."""
    known = {trial.id: seen.evidence[trial.id].result for trial in trials}
    return {identity: result.metrics for identity, result in known.items() if result is not None}
