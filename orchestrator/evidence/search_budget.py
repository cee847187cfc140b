"""What each search of a study has used of what it was given: one search for each point of its stage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestrator.evidence.answer_outcome import outcomes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.searches.opening import Opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one search has used."""

    stage: str
    axes: Mapping[str, Any]
    """The point that it is for."""
    key: str
    wanted: int
    """Answers that it may give in all."""
    answers: int
    """Those given so far: the sum of the next five."""
    finished: int
    """Answers with a value."""
    failed: int
    """Answers that will have none."""
    pruned: int
    running: int
    """Answers that have none yet."""
    repeated: int
    """Answers that are an earlier one again, and cost nothing."""
    trials: int
    """What tries the answers, with several seeds several for each."""
    seconds: float
    """Time of all attempts at them."""
    end: str | None = None
    """`timeout`, `target` or `patience`, where it asks no more because of that."""


def budgets(seen: Seen) -> list[Budget]:
    """Return what each search has used, in the order of the study's stages and points."""
    return [_budget(opening, seen) for opening in seen.plan.openings]


def _budget(opening: Opening, seen: Seen) -> Budget:
    states = Counter(outcome.state for outcome in outcomes(opening, seen))
    return Budget(
        stage=opening.stage,
        axes=opening.point.axes,
        key=opening.key,
        wanted=opening.search.trials or 0,
        answers=len(opening.answers),
        finished=states["complete"],
        failed=states["failed"],
        pruned=states["pruned"],
        running=states["running"],
        repeated=len(opening.answers) - states.total(),
        trials=len(opening.trials),
        end=opening.end.reason if opening.end else None,
        seconds=sum(seen.evidence[trial.id].seconds for trial in opening.trials),
    )
