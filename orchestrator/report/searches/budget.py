"""What a search has used: answers, time, steps, and what pruning has saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.report.searches.outcome import SearchResults


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetUsed:
    """What a search at one point has used so far."""

    answers: int
    finished: int
    pruned: int
    failed: int
    seconds: float
    """Time of all attempts."""
    gpu_seconds: float
    steps: int
    """Steps that were logged."""
    steps_saved: int
    """Steps that pruned trials did not train, against the longest finished one."""
    seconds_saved: float
    """The time of these, at the mean speed of this search."""


def budget_used(results: SearchResults) -> BudgetUsed:
    """Return what a search has used."""
    full = max((one.steps for one in results.finished), default=0)
    saved = sum(max(0, full - one.steps) for one in results.outcomes if one.state == "pruned")
    steps = sum(one.steps for one in results.outcomes)
    seconds = sum(one.seconds for one in results.outcomes)
    logged = sum(one.seconds for one in results.outcomes if one.steps)
    return BudgetUsed(
        answers=results.asked,
        finished=results.count("complete"),
        pruned=results.count("pruned"),
        failed=results.count("failed"),
        seconds=seconds,
        gpu_seconds=sum(one.seconds * one.gpus for one in results.outcomes),
        steps=steps,
        steps_saved=saved,
        seconds_saved=saved * logged / steps if steps else 0.0,
    )


def budget_warnings(searches: Sequence[SearchResults]) -> list[str]:
    """Return a sentence for each amount in which the points of a stage differ by more than a tenth."""
    used = [budget_used(results) for results in searches]
    amounts = {
        "answers": [float(one.answers) for one in used],
        "steps": [float(one.steps) for one in used],
    }
    found = []
    for what, values in amounts.items():
        if max(values, default=0) > 1.1 * min(values, default=0):
            least, most = values.index(min(values)), values.index(max(values))
            found.append(
                f"Budgets differ: {values[least]:,.0f} {what} at {_point(searches[least])}, "
                f"{values[most]:,.0f} at {_point(searches[most])}."
            )
    return found


def _point(results: SearchResults) -> str:
    return results.title.removeprefix(f"{results.stage}, ")
