"""Write down that a search asks no more, so that every program agrees and what waits for it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.evidence.early_end import early_end

if TYPE_CHECKING:
    from orchestrator.evidence.edges.run_folder import RunFolder
    from orchestrator.evidence.state import Seen


def close_searches(runs: RunFolder, seen: Seen, now: float) -> bool:
    """Close the searches that have come to a limit of theirs; say whether there were any.

    A search that somebody has asked since the look is left for the next one: its newest answer counts.
    """
    closed = False
    for opening in seen.plan.openings:
        end = early_end(opening, seen, now)
        if end is not None:
            closed = True
            if not runs.ask_file(opening.key, end.answers + 1).exists():
                runs.publish_end(opening.key, opening.search, end)
    return closed
