"""Whether a search has come to one of its limits: a target, its patience, or a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.answer_outcome import outcomes
from orchestrator.study.searches.pareto import improves
from orchestrator.study.searches.search_end import SearchEnd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evidence.answer_outcome import AnswerOutcome
    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Opening
    from orchestrator.study.searches.search import Search

_FINISHED = ("complete", "pruned")
"""What `patience` counts; a failure says nothing of a setting."""


def early_end(opening: Opening, seen: Seen, now: float) -> SearchEnd | None:
    """Return why a search that could ask for more should not; None where it goes on."""
    search = opening.search
    if not opening.remaining or not search.ends_early:
        return None
    given = len(opening.answers)
    first = began(opening, seen) if search.timeout is not None else None
    if search.timeout is not None and first is not None and now >= first + search.timeout:
        return SearchEnd(reason="timeout", answers=given, time=now)
    if search.target is None and search.patience is None:
        return None
    shown = _shown(opening, seen)
    if reached := next((one for one in shown if _reaches(search, one)), None):
        return _end("target", reached, given, now)
    best, without = _since_best(search, shown)
    if search.patience is not None and best and without >= search.patience:
        return _end("patience", best, given, now)
    return None


def began(opening: Opening, seen: Seen) -> float | None:
    """Return when the first of a search's trials was claimed; None while none is."""
    attempts = [attempt for trial in opening.trials for attempt in seen.evidence[trial.id].attempts]
    return min((attempt.claim.time for attempt in attempts if attempt.claim), default=None)


def _shown(opening: Opening, seen: Seen) -> list[AnswerOutcome]:
    """Return the answers that decide: where they come in rounds, those of whole ones that are over."""
    found = outcomes(opening, seen)
    if opening.search.rounds is None:
        return found
    whole = len(opening.answers) // opening.search.rounds * opening.search.rounds
    found = [one for one in found if one.answer.number <= whole]
    over = all(seen.states[trial.id].ended for one in found for trial in one.answer.trials)
    return found if over else []


def _reaches(search: Search, outcome: AnswerOutcome) -> bool:
    if search.target is None or outcome.state != "complete":
        return False
    objective = search.objectives[0]
    return objective.key(outcome.values[0]) <= objective.key(search.target)


def _since_best(search: Search, shown: Sequence[AnswerOutcome]) -> tuple[AnswerOutcome | None, int]:
    """Return the last answer that was better than all before it, and how many have finished since."""
    best: AnswerOutcome | None = None
    earlier: list[tuple[float, ...]] = []
    without = 0
    for outcome in (one for one in shown if one.state in _FINISHED):
        without += 1
        if outcome.state == "complete" and improves(outcome.values, earlier, search.objectives):
            best, without = outcome, 0
            earlier.append(outcome.values)
    return best, without


def _end(reason: str, outcome: AnswerOutcome, given: int, now: float) -> SearchEnd:
    return SearchEnd.model_validate(
        {
            "reason": reason,
            "answers": given,
            "trial": outcome.answer.trials[0].id,
            "values": outcome.values,
            "time": now,
        }
    )
