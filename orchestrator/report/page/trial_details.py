"""What the page tells of a trial that stands behind a number."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from orchestrator.evidence.evidence import Attempt, Evidence
    from orchestrator.evidence.state import Seen
    from orchestrator.report.table import Table
    from orchestrator.study.trial import Trial

MOST_READ = 2000
"""Trials of which curve and log are read: the page stays below 10 MB, and its making below a minute."""
MOST_POINTS = 60
"""Of a curve."""
MOST_CURVES = 6
"""Metrics of a trial whose curves are kept: those that tables show first."""
MOST_LINES, MOST_LETTERS = 20, 1500
"""Of the end of a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptDetails:
    """One execution of a trial."""

    number: int
    ended: str
    """How, as `done`, `failed`, or `running`."""
    host: str = ""
    began: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialDetails:
    """One trial as the page tells it."""

    id: str
    stage: str
    axes: Mapping[str, Any]
    params: Mapping[str, Any]
    """Those that are no axes."""
    state: str
    metrics: Mapping[str, float] = field(default_factory=dict)
    code: str = ""
    seconds: float = 0.0
    """Of all attempts."""
    made_with: Mapping[str, Any] = field(default_factory=dict)
    """Versions and processor of the program that made the result."""
    attempts: tuple[AttemptDetails, ...] = ()
    why: str = ""
    """Why it failed, and what to do."""
    curves: Mapping[str, tuple[tuple[int, float | None], ...]] = field(default_factory=dict)
    """Metric -> (step, value), thinned."""
    log: str = ""
    """The end of what its newest attempt printed, of trials without a result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """All trials behind the numbers of a report."""

    trials: tuple[TrialDetails, ...] = ()
    rule: str = ""
    """Of which trials curves and logs are left out; empty where of none."""


def shown_metrics(tables: Iterable[Table]) -> dict[str, dict[str, None]]:
    """Return each trial behind a cell with the metrics that tables show of it, in the order of the tables."""
    found: dict[str, dict[str, None]] = {}
    for table in tables:
        for row in table.rows:
            for cell in row.cells:
                for trial in cell.trials:
                    found.setdefault(trial, {})[cell.metric] = None
    return found


def details(
    shown: Mapping[str, Iterable[str]],
    seen: Seen,
    curve: Callable[[Trial], Mapping[int, Mapping[str, float]]],
    log: Callable[[Trial], str],
    when: Callable[[float], str],
    *,
    most: int = MOST_READ,
) -> Details:
    """Return what the page tells of the trials that tables show, as `shown_metrics` has them.

    `curve` gives what a trial has logged, `log` the end of its log, `when` turns a Unix time into words.
    Curves and logs are read of at most so many trials, of unfinished ones first.
    """
    trials = [seen.plan.by_id[trial] for trial in shown if trial in seen.plan.by_id]
    begun = [trial for trial in trials if seen.evidence[trial.id].attempts or seen.evidence[trial.id].result]
    begun.sort(key=lambda trial: seen.states[trial.id] is State.DONE)
    read = {trial.id for trial in begun[:most]}
    found = []
    for trial in trials:
        known = trial_details(trial, seen.states[trial.id], seen.evidence[trial.id], when)
        if trial.id in read:
            curves = thinned(curve(trial), tuple(shown[trial.id]))
            ending = "" if known.state == "done" else tail(log(trial))
            known = replace(known, curves=curves, log=ending)
        found.append(known)
    more = len(begun) - len(read)
    rule = f"Curves and logs of {more:,} of {len(begun):,} trials are not in this page, to keep it small."
    return Details(trials=tuple(found), rule=rule if more else "")


def trial_details(
    trial: Trial, state: State, evidence: Evidence, when: Callable[[float], str]
) -> TrialDetails:
    """Return what the evidence tells of a trial, without curve and log."""
    result = evidence.result
    last = evidence.attempts[-1].claim if evidence.attempts else None
    why = ""
    if state is State.FAILED:
        found = diagnose(evidence)
        why = f"{found.kind}: {found.message}\n{found.advice}"
    return TrialDetails(
        id=trial.id,
        stage=trial.stage,
        axes=trial.axes,
        params={name: value for name, value in trial.params.items() if name not in trial.axes},
        state=str(state).lower(),
        metrics=result.metrics if result else {},
        code=result.code if result else last.code if last else "",
        seconds=evidence.seconds,
        made_with=result.provenance if result else {},
        attempts=tuple(_attempt(one, evidence, when) for one in evidence.attempts),
        why=why,
    )


def _attempt(attempt: Attempt, evidence: Evidence, when: Callable[[float], str]) -> AttemptDetails:
    claim, result = attempt.claim, evidence.result
    seconds = attempt.exit.seconds if attempt.exit else None
    done = result is not None and result.attempt == attempt.number
    if done and result:
        seconds = result.seconds
    running = attempt.exit is None and attempt.alive and not done
    return AttemptDetails(
        number=attempt.number,
        ended="done" if done else "running" if running else attempt.kind,
        host=(claim.node or claim.host) if claim else "",
        began=when(claim.time) if claim else "",
        seconds=seconds,
    )


def thinned(
    steps: Mapping[int, Mapping[str, float]], first: Sequence[str]
) -> dict[str, tuple[tuple[int, float | None], ...]]:
    """Return the curves of a trial, those of the metrics `first` before others, thinned and rounded."""
    counts = Counter(name for values in steps.values() for name in values)
    names = [name for name in (*dict.fromkeys(first), *counts) if counts[name] > 1]
    found = {}
    for name in list(dict.fromkeys(names))[:MOST_CURVES]:
        track = [(step, rounded(values[name])) for step, values in sorted(steps.items()) if name in values]
        found[name] = tuple(evenly(track, MOST_POINTS))
    return found


def evenly(points: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many of these, evenly chosen, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def rounded(value: float) -> float | None:
    """Return a number to five significant digits; None for one that is not finite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


def tail(text: str) -> str:
    """Return the end of a log."""
    lines = text.rstrip().splitlines()[-MOST_LINES:]
    return "\n".join(lines)[-MOST_LETTERS:]
