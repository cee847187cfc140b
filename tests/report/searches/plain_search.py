"""Searches as plain values: what their tables and figures are made of."""

from __future__ import annotations

from typing import Any

from orchestrator.report.searches.outcome import SearchResults, ShownAnswer
from orchestrator.study.objective import Objective
from orchestrator.study.searches.search import Range

LOSS, SIZE = Objective(minimize="loss"), Objective(minimize="size")


def outcome(number: int, *values: float, state: str | None = None, **others: Any) -> ShownAnswer:
    """Return an answer with these values; without any it is running."""
    lr = 10.0 ** -(number % 5 + 1)
    given: dict[str, Any] = {"params": {"lr": lr, "optimizer": ["sgd", "adam"][number % 2]}}
    given |= {"trials": (f"{number:016x}",), "seconds": 2.0, **others}
    return ShownAnswer(
        number=number,
        state=state or ("complete" if values else "running"),  # type: ignore[arg-type]  # plain words
        values=values,
        **given,
    )


def searched(
    *outcomes: ShownAnswer, objectives: tuple[Objective, ...] = (LOSS,), **others: Any
) -> SearchResults:
    """Return a search with these answers."""
    space = {"lr": Range(low=1e-5, high=1.0, log=True), "optimizer": ["sgd", "adam"]}
    given: dict[str, Any] = {"stage": "sweep", "key": "k", "space": space, "planned": len(outcomes), **others}
    return SearchResults(objectives=objectives, asked=len(outcomes), outcomes=outcomes, **given)
