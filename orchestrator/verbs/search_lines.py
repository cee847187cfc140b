"""What is told of searches: why one asks no more before it gave all its answers, and what has no value."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from orchestrator.evidence.early_end import early_end
from orchestrator.messages.problems import listed
from orchestrator.report.trial_forms import brief_text
from orchestrator.study.shape import format_duration
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Opening
    from orchestrator.study.searches.search import Search
    from orchestrator.study.searches.search_end import SearchEnd
    from orchestrator.study.trial import Trial


def end_lines(seen: Seen, now: float) -> list[str]:
    """Return why each search asks no more that has answers left, and how to go on.

    One that has come to its limit while no program was there to write that down is told too.
    """
    ends = [(opening, opening.end or early_end(opening, seen, now)) for opening in seen.plan.openings]
    return [line for opening, end in ends if end is not None for line in _end_lines(opening, end)]


def _end_lines(opening: Opening, end: SearchEnd) -> list[str]:
    search = opening.search
    where = f" ({axes_text(opening.point.axes)})" if opening.point.axes else ""
    shown = f"{_values_text(search, end.values)} of trial {end.trial[:8]}" if end.values else ""
    why = {
        "timeout": f"its timeout of {format_duration(search.timeout or 0)} has passed since its first trial",
        "target": f"its target {brief_text(search.target)} is reached by {shown}",
        "patience": f"{search.patience} finished answers improved nothing after {shown}",
    }[end.reason]
    count = f"{len(opening.answers)} of {search.trials} answers"
    return [
        f"{opening.stage}{where} asks no more: {why}; {count}",
        f"    to go on: change `{end.reason}` in the study file, then submit again",
    ]


def _values_text(search: Search, values: tuple[float, ...]) -> str:
    pairs = zip(search.objectives, values, strict=True)
    return " ".join(f"{objective.metric}={brief_text(value)}" for objective, value in pairs)


def without_value_lines(seen: Seen) -> list[str]:
    """Return by which objective finished trials of searches have no finite value, and how many.

    One that a trial does not give at all ends its search, and is told with what waits for that.
    """
    without: dict[tuple[str, str], list[Trial]] = {}
    for opening in seen.plan.openings:
        for trial in opening.trials:
            for metric in lacking(trial, opening.search, seen, given=True):
                without.setdefault((opening.stage, metric), []).append(trial)
    return [
        f"{stage} {trials[0].id}{f' and {len(trials) - 1} more' if len(trials) > 1 else ''}: "
        f"no finite `{metric}`, so the search counts the answer as failed"
        for (stage, metric), trials in without.items()
    ]


def lacking(trial: Trial, search: Search, seen: Seen, *, given: bool = False) -> list[str]:
    """Return the objectives of which a finished trial has no finite value; with `given` but some value."""
    result = seen.evidence[trial.id].result
    if result is None:
        return []
    metrics = [objective.metric for objective in search.objectives]
    without = [name for name in metrics if not math.isfinite(result.metrics.get(name, math.nan))]
    return [name for name in without if name in result.metrics] if given else without


def counts_as_failed(trial: Trial, seen: Seen) -> str:
    """Return that the search which a trial is of has no use for its result; empty where it has."""
    for opening in seen.plan.openings:
        if opening.stage == trial.stage and any(one.id == trial.id for one in opening.trials):
            metrics = lacking(trial, opening.search, seen)
            return f"no finite {listed(metrics)}: its search counts it as failed" if metrics else ""
    return ""
