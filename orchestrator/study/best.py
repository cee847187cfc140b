"""Which finished trial is best: by its own metric, or by the mean of a setting's trials."""

from __future__ import annotations

import math
import statistics
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
) -> Trial | None:
    """Return the finished trial with the best metric, the first of equals; None where no metric is finite.

    With `mean` a setting is as good as the mean of all its trials, and one that lacks a finite metric takes
    it out of the comparison. The setting is stood for by its trial at `axes`, else by its first.
    """
    found: Trial | None = None
    least = math.inf
    for setting in settings(trials, best.mean):
        known = [value for trial in setting if (value := finite(trial, best.metric, results)) is not None]
        trial = member(setting, best.mean, axes or {})
        if trial is None or len(known) < len(setting):
            continue
        key = best.key(known[0] if len(known) == 1 else statistics.mean(known))
        if found is None or key < least:
            found, least = trial, key
    return found


def finite(trial: Trial, metric: str, results: Mapping[str, Mapping[str, float]]) -> float | None:
    """Return the metric of a finished trial; None where it has none, or none that is a finite number."""
    value = results.get(trial.id, {}).get(metric)
    return value if value is not None and math.isfinite(value) else None


def settings(trials: Sequence[Trial], mean: Sequence[str]) -> list[list[Trial]]:
    """Return the trials that differ only in the axes of `mean` together, in the order of the plan."""
    if not mean:
        return [[trial] for trial in trials]
    groups: dict[tuple[tuple[str, Any], ...], list[Trial]] = {}
    for trial in trials:
        rest = tuple((axis, comparable(value)) for axis, value in trial.axes.items() if axis not in mean)
        groups.setdefault(rest, []).append(trial)
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
