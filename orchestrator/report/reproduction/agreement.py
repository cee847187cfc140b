"""How far trials that were trained again agree with the results that they are to reproduce."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.evidence import TIMING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.evidence.evidence import Result
    from orchestrator.study.trial import Trial

_MACHINE = ("host", "gpu", "python", "threads", "task")
"""What of a result's provenance may change its last digits, and"""
_PACKAGES = ("torch", "torchvision", "numpy")
"""packages: each is told where a program had imported it, for its task or for another's sake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPair:
    """A metric before and after; None where a result does not have it."""

    name: str
    before: float | None
    after: float | None
    within: bool
    """Whether they agree within the tolerance."""

    @property
    def difference(self) -> float | None:
        """After minus before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPair:
    """A trial, and what both trainings of it gave."""

    trial: Trial
    code: str
    """Hash of the snapshot that made both."""
    of_cell: bool
    """Whether the cell shows it; else one of these needs it."""
    metrics: tuple[MetricPair, ...]
    elsewhere: Mapping[str, tuple[Any, Any]]
    """What their machines and packages differ in -> before and after."""
    lockstep: int = 1
    """With so many at once it was trained before, itself included; now it was trained alone."""

    @property
    def within(self) -> bool:
        """Whether all metrics agree."""
        return all(pair.within for pair in self.metrics)


def agree(before: float, after: float, tolerance: float) -> bool:
    """Say whether two numbers are equal, or differ by no more than a share of the larger one."""
    if math.isnan(before) or math.isnan(after):
        return math.isnan(before) and math.isnan(after)
    if before == after or math.isinf(before) or math.isinf(after):
        return before == after
    return abs(after - before) <= tolerance * max(abs(before), abs(after))


def compared(trial: Trial, before: Result, after: Result, *, tolerance: float, of_cell: bool) -> TrialPair:
    """Return how two results of a trial agree; metrics of the machine are left out."""
    names = dict.fromkeys((*before.metrics, *after.metrics))
    return TrialPair(
        trial=trial,
        code=before.code,
        of_cell=of_cell,
        metrics=tuple(
            _pair(name, before.metrics.get(name), after.metrics.get(name), tolerance)
            for name in names
            if not name.startswith(TIMING)
        ),
        elsewhere=_elsewhere(before.provenance, after.provenance),
        lockstep=int(before.provenance.get("lockstep", 1)),
    )


def environment_lines(pairs: Sequence[TrialPair]) -> list[str]:
    """Return what machines and packages differ in, once each with the number of trials."""
    found: dict[str, int] = {}
    for pair in pairs:
        for name, (before, after) in pair.elsewhere.items():
            line = f"{name}: {before or 'none'} before, {after or 'none'} now"
            found[line] = found.get(line, 0) + 1
    lines = [f"{line} ({count} of {len(pairs)} trials)" for line, count in found.items()]
    if together := sum(pair.lockstep > 1 for pair in pairs):
        counted = f"({together} of {len(pairs)} trials)"
        lines.append(f"trained in lockstep before, alone now, which rounds otherwise {counted}")
    return lines


def _pair(name: str, before: float | None, after: float | None, tolerance: float) -> MetricPair:
    within = before is not None and after is not None and agree(before, after, tolerance)
    return MetricPair(name=name, before=before, after=after, within=within)


def _elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    both = before.keys() & after.keys()
    names = [*_MACHINE, *(name for name in _PACKAGES if name in both)]
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }
