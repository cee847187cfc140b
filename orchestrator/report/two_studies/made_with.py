"""What results were made with: machines and packages, counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.evidence.evidence import Result

_FACTS = ("python", "torch", "torchvision", "numpy", "gpu", "host", "threads", "task")


def made_with(results: Iterable[Result]) -> dict[str, str]:
    """Return fact -> what the results tell of it, each with how many tell so, as `2.1 (12)`."""
    found: dict[str, Counter[str]] = {}
    for result in results:
        for fact in _FACTS:
            if result.provenance.get(fact) is not None:
                found.setdefault(fact, Counter())[str(result.provenance[fact])] += 1
    return {
        fact: ", ".join(f"{value} ({count})" for value, count in sorted(counts.items()))
        for fact, counts in found.items()
    }


def made_differently(one: Iterable[Result], other: Iterable[Result]) -> list[tuple[str, str, str]]:
    """Return each fact in whose values two groups of results differ, with what both tell of it."""
    first, second = [*one], [*other]
    mine, others = made_with(first), made_with(second)
    return [
        (fact, mine[fact], others[fact])
        for fact in mine
        if fact in others and _told(first, fact) != _told(second, fact)
    ]


def _told(results: Iterable[Result], fact: str) -> set[str]:
    return {str(one.provenance[fact]) for one in results if one.provenance.get(fact) is not None}
