"""Which finished trial is best: by its own metric, or by the mean of a setting's trials."""

from __future__ import annotations

import math
import statistics
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from orchestrator.study.matrix import comparable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.study.objective import Best
    from orchestrator.study.trial import Trial


def best_of(
    trials: Sequence[Trial],
    best: Best,
    results: Mapping[str, Mapping[str, float]],
    axes: Mapping[str, Any] | None = None,
    *,
    searched: bool = False,
) -> Trial | None:
    """Return the finished trial with the best metric, the first of equals; None where no metric is finite."""
    return next(iter(ranked(trials, best, results, axes, searched=searched)), None)


def ranked(
    trials: Sequence[Trial],
    best: Best,
    results: Mapping[str, Mapping[str, float]],
    axes: Mapping[str, Any] | None = None,
    *,
    searched: bool = False,
) -> list[Trial]:
    """Return the finished trials with a finite metric, the best first, equals in the order of the plan.

    With `mean` a setting is as good as the mean of all its trials, and one that lacks a finite metric takes
    it out of the comparison. The setting is stood for by its trial at `axes`, else by its first; where none
    is at `axes` only that of a search, which is tried with seeds of its own.
    """
    found: list[tuple[float, Trial]] = []
    for setting in settings(trials, best.mean, searched=searched):
        known = [value for trial in setting if (value := finite(trial, best.metric, results)) is not None]
        trial = member(setting, best.mean, axes or {}) or (setting[0] if searched else None)
        if trial is None or len(known) < len(setting):
            continue
        found.append((best.key(known[0] if len(known) == 1 else statistics.mean(known)), trial))
    return [trial for _, trial in sorted(found, key=itemgetter(0))]


def finite(trial: Trial, metric: str, results: Mapping[str, Mapping[str, float]]) -> float | None:
    """Return the metric of a finished trial; None where it has none, or none that is a finite number."""
    value = results.get(trial.id, {}).get(metric)
    return value if value is not None and math.isfinite(value) else None


def settings(trials: Sequence[Trial], mean: Sequence[str], *, searched: bool = False) -> list[list[Trial]]:
    """Return the trials that differ only in the axes of `mean` together, in the order of the plan.

    Those of a search differ in what it chose too, which is no axis.
    """
    if not mean:
        return [[trial] for trial in trials]
    groups: dict[tuple[Any, ...], list[Trial]] = {}
    for trial in trials:
        rest = {axis: value for axis, value in trial.axes.items() if axis not in mean}
        chosen = {name: value for name, value in trial.params.items() if searched and name != "seed"}
        groups.setdefault((comparable(rest), comparable(chosen)), []).append(trial)
    return list(groups.values())


def member(setting: Sequence[Trial], mean: Sequence[str], axes: Mapping[str, Any]) -> Trial | None:
    """Return the first trial of a setting that has the point's own values of the axes of `mean`."""
    own = {axis: comparable(axes[axis]) for axis in mean if axis in axes}
    return next(
        (
            trial
            for trial in setting
            if all(comparable(trial.axes[axis]) == value for axis, value in own.items() if axis in trial.axes)
        ),
        None,
    )
