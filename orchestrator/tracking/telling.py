"""What of a stage is worth looking at: what its trials differ in, the metrics they are compared by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.evidence.evidence import TIMING
from orchestrator.report.directions import first_of, guessed, part_of, said
from orchestrator.tracking.naming import flat, flat_key, point_of, short_stage, trial_params

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from orchestrator.evidence.state import Seen
    from orchestrator.report.definition import Better
    from orchestrator.study.study import Stage, Study
    from orchestrator.study.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What tells the trials of a stage apart."""

    stage: str
    short: str
    """The name by which people know it."""
    axes: tuple[str, ...]
    """What its trials differ in, under the names of MLflow's parameters, the seed last."""
    metrics: tuple[str, ...]
    """Those of its results by which trials are compared; the one that the stage is about is the first."""
    others: tuple[str, ...]
    """Further ones: times, and those of which nothing says which values are better."""
    counts: frozenset[str]
    """Metrics that say nothing of a trial: of no direction, and alike in all results of the stage."""
    told: Mapping[str, Better]
    """What the study says of metrics."""
    needed: bool
    """Whether another stage needs it."""

    @property
    def better(self) -> Better:
        """Which values of the first metric are better; `none` where nothing says so."""
        return self.directed(self.metrics[0]) if self.metrics else "none"

    def directed(self, metric: str) -> Better:
        """Return which values of a metric are better, as the study says, else as its name lets guess."""
        return self.told.get(metric, guessed(metric))

    def trains(self, logged: Collection[str]) -> bool:
        """Say whether its trials are compared, of which some numbers are logged: others only prepare data."""
        return self.better != "none" or bool(logged) or bool(self.axes and self.metrics and not self.needed)

    def by_use(self, names: Iterable[str]) -> list[str]:
        """Return metrics, those first that one looks at first: the first one, those on validation data."""
        first = self.metrics[0] if self.metrics else ""
        return sorted(
            names, key=lambda name: (name != first, self.directed(name) == "none", part_of(name), name)
        )


def telling(study: Study, seen: Seen) -> dict[str, Telling]:
    """Return what tells the trials apart, of each stage that has some."""
    found: dict[str, Telling] = {}
    for stage in study.stages:
        if trials := seen.plan.of(stage.name):
            found[stage.name] = _of_stage(study, stage, trials, seen)
    return found


def _of_stage(study: Study, stage: Stage, trials: Sequence[Trial], seen: Seen) -> Telling:
    values: dict[str, set[float]] = {}
    for trial in trials:
        result = seen.evidence[trial.id].result
        for name, value in (result.metrics if result else {}).items():
            values.setdefault(name, set()).add(value)
    axes, told = _axes(stage, trials), said(study, stage.name)
    needed = any(edge.stage == stage.name for other in study.stages for edge in other.needs)
    first = first_of(list(values), told)
    known = [name for name in values if name in told or guessed(name) != "none"]
    alike = {name for name, found in values.items() if name not in known and len(found) == 1}
    left = [name for name in values if name not in alike and name not in known]
    if not known and not left and axes and not needed:  # better all of them than none to compare by
        left, alike = list(alike), set()
    compared = known or [name for name in left if not name.startswith(TIMING)]
    return Telling(
        stage=stage.name,
        short=short_stage(study, stage.name),
        axes=axes,
        metrics=tuple(sorted(compared, key=lambda name: (name != first, part_of(name), name))),
        others=tuple(sorted(name for name in left if name not in compared)),
        counts=frozenset(alike),
        told=told,
        needed=needed,
    )


def _axes(stage: Stage, trials: Sequence[Trial]) -> tuple[str, ...]:
    """Return the names of the parameters that differ, as MLflow has them."""
    searched = {flat_key(name) for name in stage.search.names} if stage.search else set()
    values: dict[str, set[object]] = {}
    counts: dict[str, int] = {}
    for trial in trials:
        for name, text in flat("", point_of(stage, trial)):
            values.setdefault(name, set()).add(text)
            counts[name] = counts.get(name, 0) + 1
    shown = trial_params(trials[0])
    differ = [
        name
        for name, found in values.items()
        if len(found) > 1 or counts[name] < len(trials) or name in searched
    ]
    named = [f"axis.{name}" if f"axis.{name}" in shown else name for name in differ if name != "seed"]
    return (*named, *(("seed",) if "seed" in differ else ()))
