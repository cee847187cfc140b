"""What the terminal shows of studies and trials."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from orchestrator.evidence.failure import diagnose
from orchestrator.evidence.judge import MOST_ALIKE
from orchestrator.evidence.missing_ranks import missing_ranks
from orchestrator.evidence.objective import no_best
from orchestrator.evidence.search_budget import budgets
from orchestrator.evidence.skipped import skipped
from orchestrator.evidence.state import Seen, State
from orchestrator.evidence.too_few import too_few
from orchestrator.report.trial_forms import finite
from orchestrator.verbs.cut import cut_all
from orchestrator.verbs.live_view import STYLES
from orchestrator.verbs.never_starts import never_starts_lines
from orchestrator.verbs.search_lines import end_lines, without_value_lines
from orchestrator.verbs.story import brief_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.submission import Submission
    from orchestrator.study.trial import Trial

_AROUND = 5
"""Rows of a terminal beside those of stages: the header, what is said below, the next prompt."""
_SHORTEST = 12
"""Letters that the name of a stage keeps."""


def status_json(submission: Submission, seen: Seen) -> dict[str, Any]:
    """Return the state of a study for scripts."""
    held = skipped(submission.study, seen)
    return {
        "study": submission.study.name,
        "states": {str(state): count for state, count in sorted(seen.count().items())},
        "undecided": dict(seen.plan.undecided),
        "skipped": {
            "trials": len(held),
            "missing": [{"what": x.message, "hint": x.hint, "stages": list(x.stages)} for x in held.lacks],
        },
        "no_best": [
            {**asdict(one), "given": list(one.given), "waiting": list(one.waiting)}
            for one in no_best(submission.study, seen)
        ],
        "searches": [asdict(one) for one in budgets(seen)],
        "too_few": [asdict(one) for one in too_few(submission.study, seen)],
        "missing_ranks": [asdict(one) for one in missing_ranks(submission.study, seen)],
        "trials": [
            {
                "id": trial.id,
                "stage": trial.stage,
                "params": trial.params,
                "seed": trial.seed,
                "state": str(seen.states[trial.id]),
                "attempts": len(seen.evidence[trial.id].attempts),
                **_metrics_json(seen, trial),
                **_failure_json(seen, trial),
            }
            for trial in seen.plan.trials
        ],
    }


def _metrics_json(seen: Seen, trial: Trial) -> dict[str, Any]:
    result = seen.evidence[trial.id].result
    if seen.states[trial.id] is not State.DONE or result is None:
        return {}
    return {"metrics": {name: finite(value) for name, value in result.metrics.items()}}


def _failure_json(seen: Seen, trial: Trial) -> dict[str, Any]:
    if seen.states[trial.id] is not State.FAILED:
        return {}
    found = diagnose(seen.evidence[trial.id])
    return {"failure": {"kind": found.kind, "message": found.message, "advice": found.advice}}


def status_table(
    submission: Submission, seen: Seen, width: int | None = None, height: int | None = None
) -> Table:
    """Return one row per stage with a column for each state that occurs.

    On a terminal of so many columns names are cut, and in too few rows finished stages are one row.
    """
    present = [state for state in State if state in seen.count()]
    rows = _status_rows(submission, seen, present)
    if height is not None and len(rows) + _AROUND > height:
        rows = _folded(rows, present)
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("stage", no_wrap=width is not None)
    table.add_column("trials", justify="right")
    for state in present:
        table.add_column(Text(str(state), style=STYLES.get(state, "")), justify="right")
    names = [name for name, _, _ in rows]
    if width is not None:
        room = width - sum(2 + len(name) for name in ("trials", *present))
        names = cut_all(names, max(_SHORTEST, room))
    for name, (_, total, counts) in zip(names, rows, strict=True):
        cells = [
            Text(str(count), style=STYLES.get(state, "")) if count else Text("·", style="dim")
            for state, count in zip(present, counts, strict=True)
        ]
        table.add_row(name, str(total), *cells)
    return table


_Row = tuple[str, int, list[int]]
"""A stage, how many trials it has, and how many of them are in which state."""


def _status_rows(submission: Submission, seen: Seen, present: Sequence[State]) -> list[_Row]:
    states: dict[str, Counter[State]] = {stage.name: Counter() for stage in submission.study.stages}
    for trial in seen.plan.trials:
        states[trial.stage][seen.states[trial.id]] += 1
    return [
        (name, sum(counts.values()) + seen.plan.undecided.get(name, 0), [counts[one] for one in present])
        for name, counts in states.items()
    ]


def _folded(rows: Sequence[_Row], present: Sequence[State]) -> list[_Row]:
    """Return one row for all stages of which every trial is done, before the others."""
    others = [row for row in rows if not _is_done(row, present)]
    done = [row for row in rows if _is_done(row, present)]
    if len(done) < 2:
        return list(rows)
    total = sum(total for _, total, _ in done)
    return [(f"{len(done)} stages done", total, [total * (one is State.DONE) for one in present]), *others]


def _is_done(row: _Row, present: Sequence[State]) -> bool:
    _, total, counts = row
    return State.DONE in present and counts[present.index(State.DONE)] == total


def notes(submission: Submission, seen: Seen) -> list[str]:
    """Return what a reader of the status should know: failures, what is skipped, no best, mixed code."""
    lines = [*_failed_lines(seen), *_paused_lines(submission, seen), *_skipped_lines(submission, seen)]
    lines += [*without_value_lines(seen), *end_lines(seen, time.time())]
    lines += never_starts_lines(submission.study, seen)
    for stage in submission.study.stages:
        results = [seen.evidence[trial.id].result for trial in seen.plan.of(stage.name)]
        codes = {result.code for result in results if result is not None}
        if len(codes) > 1:
            lines.append(f"results of {stage.name} come from different code: {', '.join(sorted(codes))}")
    return lines


def _skipped_lines(submission: Submission, seen: Seen) -> list[str]:
    held = skipped(submission.study, seen)
    if not len(held):
        return []
    first = {lack.message.partition("\n")[0]: ", ".join(lack.stages) for lack in held.lacks}
    example = next((trial[:8] for trial in seen.states if trial in held.trials), "")
    return [
        f"{len(held)} of the trials are skipped, or need one that is; missing:",
        *(f"    {message} (for: {stages})" for message, stages in first.items()),
        *([f"    next: python -m orchestrator why {example}"] if example else []),
        f"    once it is there: {submission.again}",
    ]


def _failed_lines(seen: Seen) -> list[str]:
    """Return what went wrong and what to do, once for all trials of a stage that failed alike."""
    alike: dict[tuple[str, str, str, str], list[Trial]] = {}
    for trial in _in_state(seen, State.FAILED):
        found = diagnose(seen.evidence[trial.id])
        alike.setdefault((trial.stage, found.kind, found.message, found.advice), []).append(trial)
    lines = []
    for (stage, kind, message, advice), trials in alike.items():
        more = f" and {len(trials) - 1} more" if len(trials) > 1 else ""
        what = f"{kind}: {brief_failure(message, trials[0])}"
        lines.append(f"{stage} {trials[0].id} ({trials[0].axes_text}){more}: {what}")
        lines += [f"    {advice}", f"    next: python -m orchestrator why {trials[0].id[:8]}"]
    return lines


def _paused_lines(submission: Submission, seen: Seen) -> list[str]:
    paused = Counter(trial.stage for trial in _in_state(seen, State.PAUSED))
    return [
        f"{stage} is paused: {MOST_ALIKE} trials failed in the same way and none is DONE; {count} wait\n"
        f"    mend the cause, then: python -m orchestrator retry {submission.study.name}"
        for stage, count in paused.items()
    ]


def _in_state(seen: Seen, state: State) -> list[Trial]:
    return [trial for identity, trial in seen.plan.by_id.items() if seen.states[identity] is state]
