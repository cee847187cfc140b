"""Results that were made by other code than now's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.evidence.state import Seen
    from orchestrator.study.study import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCode:
    """How many results of a stage were made by other code, and by which."""

    stage: str
    results: int
    """All that the stage has."""
    codes: Mapping[str, int]
    """Code that is not now's -> how many results it made."""


def other_code(study: Study, seen: Seen, code: str) -> list[OtherCode]:
    """Return the stages of which results were made by other code than `code`."""
    found = []
    for stage in study.stages:
        known = [seen.evidence[trial.id].result for trial in seen.plan.of(stage.name)]
        codes = Counter(result.code for result in known if result is not None)
        others = {name: count for name, count in codes.items() if name != code}
        if others:
            found.append(OtherCode(stage=stage.name, results=codes.total(), codes=others))
    return found
