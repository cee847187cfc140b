"""What is told of stages that never start: nothing can be the best, or too few trials can have a result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.missing_ranks import missing_ranks
from orchestrator.evidence.objective import no_best
from orchestrator.evidence.too_few import too_few
from orchestrator.messages.problems import listed, nearest
from orchestrator.study.trial import axes_text

if TYPE_CHECKING:
    from orchestrator.evidence.missing_ranks import MissingRanks
    from orchestrator.evidence.objective import NoBest
    from orchestrator.evidence.state import Seen
    from orchestrator.evidence.too_few import TooFew
    from orchestrator.study.study import Study


def never_starts_lines(study: Study, seen: Seen) -> list[str]:
    """Return what each such stage waits for in vain, and what to type next."""
    lines = [line for one in no_best(study, seen) for line in _no_best_lines(one)]
    lines += [line for few in too_few(study, seen) for line in _too_few_lines(study, few)]
    return lines + [line for missing in missing_ranks(study, seen) for line in _missing_ranks_lines(missing)]


def never_starts(study: Study, seen: Seen) -> str:
    """Return in one line the first thing that is waited for in vain; empty where there is none."""
    for none in no_best(study, seen):
        return f"nothing can be the best of `{none.stage}` by `{none.metric}`"
    for few in too_few(study, seen):
        return f"too few trials of `{few.source}` have a result for `{few.stage}`"
    for missing in missing_ranks(study, seen):
        return f"`{missing.source}` has only {missing.found} of the best {missing.top} for `{missing.stage}`"
    return ""


def _too_few_lines(study: Study, told: TooFew) -> list[str]:
    """Return how many trials lack a result, what that stops, and what to type next."""
    more = f" and {len(told.points) - 1} more" if len(told.points) > 1 else ""
    point = f"{told.stage} ({axes_text(told.points[0])}){more}"
    there = f"there are {told.done}, and {len(told.lost)} trials will give none"
    lines = [f"{point} never starts: it requires {told.require} results of {told.source}; {there}"]
    if told.lost:
        lines.append(f"    next: python -m orchestrator why {told.lost[0][:8]}")
    retry = f"python -m orchestrator retry {study.name}"
    return [*lines, f"    mend the cause, then: {retry}; or lower `require` and submit again"]


def _missing_ranks_lines(told: MissingRanks) -> list[str]:
    """Return which ranks nothing can be taken for, and what to type next."""
    more = f" and {len(told.points) - 1} more" if len(told.points) > 1 else ""
    there = f"it takes the best {told.top}, and {told.found} of {told.source} have a finite `{told.metric}`"
    return [
        f"{told.stage} ({axes_text(told.points[0])}){more} never starts: {there}",
        "    let the search ask for more, mend what failed, or lower `top`; then submit again",
    ]


def _no_best_lines(told: NoBest) -> list[str]:
    """Return which metric nothing can be chosen by, why, what that stops, and what to type next."""
    start = f"nothing can be the best of {told.stage}: "
    mend = "compare other values, or mend the task and raise its VERSION"
    if told.why == "absent":
        like = nearest(told.metric, told.given, "")
        has = f"it has {listed(told.given) or 'none'}{'; ' * bool(like)}{like}"
        lines = [f"{start}its trial {told.trial} has no metric `{told.metric}`; {has}"]
        mend = "correct the name in the study file, or let the task return it and raise its VERSION"
    elif told.why == "not finite":
        value = told.given.get(told.metric)
        lines = [f"{start}no trial to choose from has a finite `{told.metric}`; {told.trial} has {value}"]
    else:
        lines = [f"{start}no setting has a finite `{told.metric}` in every one of its trials"]
    lines.append(f"next: {mend}; then submit again")
    stopped = ["the search asks no more"] if told.searched and told.why == "absent" else []
    stopped += [f"{', '.join(told.waiting)} never starts"] if told.waiting else []
    lines[1:1] = ["; ".join(stopped)] if stopped else []
    return [lines[0], *(f"    {line}" for line in lines[1:])]
